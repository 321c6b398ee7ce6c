"""Type into the worker's terminal."""

# expect: ok
import ctypes
import fcntl
import os

from attack import breach, denied, done, refused

text = ctypes.create_string_buffer(b"x")
denied("TIOCSTI", 16, 0, 0x5412, ctypes.addressof(text))
denied("TIOCSTI with high bits", 16, 0, 0x100005412, ctypes.addressof(text))
denied("TIOCLINUX", 16, 0, 0x541C, ctypes.addressof(text))
refused("terminal", lambda: os.open("/dev/tty", os.O_RDWR))
if os.getsid(0) == 0:
    breach("the session is the worker's")
done()
