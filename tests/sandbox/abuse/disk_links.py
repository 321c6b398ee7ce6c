"""Hard links without end."""

# expect: disk_limit
import os

open("a", "w").close()
n = 0
while True:
    os.link("a", f"l{n}")
    n += 1
