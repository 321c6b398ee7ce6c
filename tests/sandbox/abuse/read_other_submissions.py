"""Look for other students' work and for what earlier jobs left."""

# expect: ok
import os

from attack import breach, done

for place, allowed in (("/tmp", set()), ("/dev/shm", set()), (".", {"main.py", "attack.py", "host.py", "data"})):
    extra = set(os.listdir(place)) - allowed
    if extra:
        breach(f"{place}: {extra}")
for place in ("/home", "/root", "/var", "/srv", "/mnt", "/media", "/run", "/boot", "/sys"):
    if os.path.isdir(place) and os.listdir(place):
        breach(place)
done()
