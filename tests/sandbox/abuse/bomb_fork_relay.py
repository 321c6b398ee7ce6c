"""A relay: each process forks its successor and dies, so that no pid lives long enough to be killed."""

# expect: time_limit | process_limit
# limits: wall_time_s=2
import os

first = os.getpid()
while True:
    try:
        if os.fork():
            os._exit(0) if os.getpid() != first else None
            while True:
                os.wait()
    except OSError:
        pass
