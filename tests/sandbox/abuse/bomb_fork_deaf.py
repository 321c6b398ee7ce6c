"""Fork without end and go on when it fails, deaf to every signal that can be ignored."""

# expect: process_limit | time_limit
# limits: wall_time_s=2
import os
import signal

for number in range(1, 64):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        os.fork()
    except OSError:
        pass
