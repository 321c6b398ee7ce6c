"""Leave the dead unburied: each zombie keeps its pid."""

# expect: process_limit
import os

while True:
    if os.fork() == 0:
        os._exit(0)
