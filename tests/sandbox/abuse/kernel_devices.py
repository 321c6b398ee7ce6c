"""Make device files."""

# expect: ok
import os
import stat

from attack import done, refused

for place in (".", "/tmp", "/dev/shm"):
    refused(f"{place} block", lambda place=place: os.mknod(f"{place}/b", 0o600 | stat.S_IFBLK, os.makedev(8, 0)))
    refused(f"{place} char", lambda place=place: os.mknod(f"{place}/c", 0o600 | stat.S_IFCHR, os.makedev(1, 1)))
done()
