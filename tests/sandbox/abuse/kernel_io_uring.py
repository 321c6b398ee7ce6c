"""Queue calls where a filter does not see them."""

# expect: ok
import ctypes

from attack import denied, done

room = ctypes.create_string_buffer(256)
denied("io_uring_setup", 425, 8, ctypes.addressof(room), errno=38)
denied("io_uring_enter", 426, 0, 1, 0, 0, 0, errno=38)
denied("io_uring_register", 427, 0, 0, 0, 0, errno=38)
done()
