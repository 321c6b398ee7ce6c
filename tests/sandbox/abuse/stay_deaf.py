"""Leave children that ignore every signal."""

# expect: ok
import os
import signal
import time

from attack import done

done()
for _ in range(3):
    if os.fork() == 0:
        for number in range(1, 64):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        os.setsid()
        time.sleep(600)
