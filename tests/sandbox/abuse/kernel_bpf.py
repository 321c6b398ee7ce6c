"""Load programs into the kernel."""

# expect: ok
import ctypes

from attack import denied, done

room = ctypes.create_string_buffer(128)
denied("bpf map", 321, 0, ctypes.addressof(room), 128)
denied("bpf program", 321, 5, ctypes.addressof(room), 128)
denied("perf_event_open", 298, ctypes.addressof(room), 0, -1, -1, 0)
done()
