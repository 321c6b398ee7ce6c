"""Read the site's own code, settings and interpreter."""

# expect: ok
import importlib.util
import os
import sys

import host
from attack import breach, done, refused

refused("the site's folder", lambda: os.listdir(host.ROOT))
for name in ("django", "celery", "redis", "arena", "grader"):
    if importlib.util.find_spec(name):
        breach(f"{name} can be imported")
if any(path.startswith(host.ROOT) for path in sys.path):
    breach("the site is on the path")
done()
