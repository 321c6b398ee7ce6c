"""Leave by exit, with things to do at the exit."""

# expect: ok
import atexit
import sys

atexit.register(lambda: open("submission.csv", "w").write("id,label\n1,2\n"))
sys.exit(0)
