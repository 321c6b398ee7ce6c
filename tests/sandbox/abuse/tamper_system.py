"""Change the system."""

# expect: ok
import os

from attack import done, refused

for path in ("/x", "/usr/x", "/etc/x", "/dev/x", "/proc/x", "/opt/x", "/kaggle/x", "/bin/x", "/lib/x"):
    refused(path, lambda path=path: open(path, "w"))
    refused(path, lambda path=path: os.mkdir(path + "d"))
for path in ("/etc/passwd", "/etc/hosts"):
    refused(path, lambda path=path: open(path, "a"))
done()
