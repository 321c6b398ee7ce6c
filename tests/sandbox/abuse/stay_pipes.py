"""Leave a daemon that holds the log pipes open and writes into them."""

# expect: ok
import os
import time

from attack import done

done()
if os.fork() == 0:
    os.setsid()
    while True:
        time.sleep(0.05)
        os.write(1, b".")
