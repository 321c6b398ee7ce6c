"""Many children, each below the limit, together above it."""

# expect: memory_limit
# limits: wall_time_s=6
import os
import time

for _ in range(8):
    if os.fork() == 0:
        data = bytearray(60_000_000)
        time.sleep(60)
time.sleep(60)
