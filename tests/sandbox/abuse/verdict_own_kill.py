"""Die of SIGKILL, as if out of memory."""

# expect: runtime_error
import os

os.kill(os.getpid(), 9)
