"""An alarm of one's own."""

# expect: ok
import signal
import time

rang = []
signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
signal.setitimer(signal.ITIMER_REAL, 0.05)
time.sleep(0.2)
assert rang
open("submission.csv", "w").write("id,label\n1,2\n")
