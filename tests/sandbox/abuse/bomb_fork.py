"""Fork without end, in parents and children."""

# expect: process_limit
# warm: process_limit | memory_limit
import os

while True:
    os.fork()
