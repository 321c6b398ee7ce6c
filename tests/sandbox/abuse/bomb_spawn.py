"""Start programs without end."""

# expect: process_limit
import subprocess

started = []
while True:
    started.append(subprocess.Popen(["sleep", "60"]))
