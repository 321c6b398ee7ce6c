"""Fork without end, in parents and children."""

# expect: process_limit
import os

while True:
    os.fork()
