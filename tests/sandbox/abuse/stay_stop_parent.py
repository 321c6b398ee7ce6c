"""Stop the parent instead of killing it."""

# expect: ok | time_limit
# limits: wall_time_s=3
import os
import signal

from attack import done

done()
os.kill(os.getppid(), signal.SIGSTOP)
