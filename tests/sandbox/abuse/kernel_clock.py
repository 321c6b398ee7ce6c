"""Set the clock."""

# expect: ok
import time

from attack import denied, done, refused

refused("clock_settime", lambda: time.clock_settime(time.CLOCK_REALTIME, 0))
denied("settimeofday", 164, 0, 0)
denied("clock_adjtime", 305, 0, 0)
denied("adjtimex", 159, 0)
done()
