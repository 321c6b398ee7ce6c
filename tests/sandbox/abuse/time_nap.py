"""Sleep a little too long, and end well."""

# expect: time_limit
# limits: wall_time_s=1
import time

from attack import done

time.sleep(2)
done()
