"""End well, then hang on the way out."""

# expect: time_limit
# limits: wall_time_s=1
import atexit
import time

from attack import done

atexit.register(time.sleep, 600)
done()
