"""Memory behind unmapped file descriptors, which no process's own count shows."""

# expect: memory_limit
# uncounted: runtime_error
import os

held = []
for _ in range(40):
    held.append(os.memfd_create("x"))
    os.write(held[-1], bytes(10_000_000))
print("BREACH: 400 MB behind descriptors")
