"""Exit with the code of a SIGKILL."""

# expect: runtime_error
import os

os._exit(137)
