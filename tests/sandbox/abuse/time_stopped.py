"""Stop oneself, so that no signal but SIGKILL helps."""

# expect: time_limit
# limits: wall_time_s=1
import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
