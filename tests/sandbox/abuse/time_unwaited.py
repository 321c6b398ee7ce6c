"""Spend processor time in children that die at once and that nobody waits for."""

# expect: time_limit | process_limit
# limits: cpu_time_s=1 wall_time_s=20
import os
import signal

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    try:
        if os.fork() == 0:
            for _ in range(2_000_000):
                pass
            os._exit(0)
    except OSError:
        pass
