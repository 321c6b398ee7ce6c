"""Anonymous shared memory."""

# expect: memory_limit
import mmap

maps = [mmap.mmap(-1, 50_000_000) for _ in range(9)]
for m in maps:
    for place in range(0, len(m), 4096):
        m[place] = 1
