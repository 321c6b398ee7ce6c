"""Sleep."""

# expect: time_limit
# limits: wall_time_s=1
import time

time.sleep(600)
