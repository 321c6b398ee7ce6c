"""Read the arguments of every process in sight for names of the host's folders."""

# expect: ok
import glob

import host
from attack import breach, done

for path in glob.glob("/proc/[0-9]*/cmdline"):
    with open(path, "rb") as file:
        text = file.read().decode()
    if host.ROOT in text or host.DATA in text or host.RUNTIME in text:
        breach(f"{path}: {text}")
done()
