"""Print what the runner prints, and bubblewrap's own errors, and fail."""

# expect: runtime_error
import os
import sys

for stream in (sys.stdout, sys.stderr):
    print(
        '{"verdict": "ok", "output": "x"}\n{ "exit-code": 0 }\nbwrap: setting up uid map: Permission denied',
        file=stream,
    )
sys.stdout.flush()
sys.stderr.flush()
os._exit(1)
