"""System V segments, detached after writing."""

# expect: memory_limit
# uncounted: runtime_error
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
for _ in range(40):
    segment = libc.shmget(0, 10_000_000, 0o1600)
    if segment < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    place = libc.shmat(segment, None, 0)
    ctypes.memset(place, 1, 10_000_000)
    libc.shmdt(ctypes.c_void_p(place))
print("BREACH: 400 MB in segments")
