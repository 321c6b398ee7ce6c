"""Open a file of the host by its inode instead of its name."""

# expect: ok
import ctypes

from attack import denied, done

handle = ctypes.create_string_buffer(b"\x08\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0", 128)
denied("open_by_handle_at", 304, -100, ctypes.addressof(handle), 0)
denied("name_to_handle_at", 303, -100, 0, 0, 0, 0)
done()
