"""Make new namespaces, where one would be root."""

# expect: ok
from attack import denied, done

for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000, 0x80):
    denied(f"unshare {flag:#x}", 272, flag)
    denied(f"clone {flag:#x}", 56, flag | 17, 0, 0, 0, 0)
denied("clone3", 435, 0, 0, errno=38)
denied("setns", 308, 3, 0)
done()
