"""Leave a daemon behind."""

# expect: ok
import os
import time

from attack import done

done()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
