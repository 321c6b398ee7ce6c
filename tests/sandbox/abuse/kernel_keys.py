"""Use the kernel's key rings, which no namespace covers."""

# expect: ok
import ctypes

from attack import denied, done

text = ctypes.create_string_buffer(b"user")
denied("add_key", 248, ctypes.addressof(text), ctypes.addressof(text), ctypes.addressof(text), 4, -3)
denied("request_key", 249, ctypes.addressof(text), ctypes.addressof(text), 0, 0)
denied("keyctl", 250, 0, -3, 1)
done()
