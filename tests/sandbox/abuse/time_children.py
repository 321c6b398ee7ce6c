"""Spend processor time in many children, none of them long."""

# expect: time_limit
# limits: cpu_time_s=1 wall_time_s=20
import os
import time

for _ in range(4):
    if os.fork() == 0:
        while True:
            pass
time.sleep(60)
