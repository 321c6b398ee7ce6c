"""Print from several children at once."""

# expect: output_limit
import os
import time

for _ in range(4):
    if os.fork() == 0:
        while True:
            os.write(1, b"x" * 65536)
time.sleep(60)
