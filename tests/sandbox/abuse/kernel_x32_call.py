"""Call the kernel by its x32 numbers."""

# expect: runtime_error
import ctypes

ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39))
print("BREACH: an x32 call returned")
