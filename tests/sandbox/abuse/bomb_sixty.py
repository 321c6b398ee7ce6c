"""Sixty processes at once where twenty-four are allowed, and then wait quietly."""

# expect: process_limit
import os
import time

for _ in range(60):
    if os.fork() == 0:
        time.sleep(2)
        os._exit(0)
