"""Pretend that the sandbox failed, to be tried again for nothing."""

# expect: runtime_error
import os
import sys

print("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", file=sys.stderr, flush=True)
os._exit(127)
