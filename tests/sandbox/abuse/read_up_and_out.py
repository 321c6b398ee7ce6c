"""Leave the root through '..', a saved folder or a second root."""

# expect: ok
import os

from attack import breach, denied, done, refused

here = os.open(".", os.O_RDONLY)
refused("chroot", lambda: os.chroot("/tmp"))
denied("pivot_root", 155, 0, 0)
for _ in range(50):
    os.chdir("..")
if os.path.exists("/etc/shadow") or not os.path.exists("/kaggle/working"):
    breach("out of the root")
os.fchdir(here)
done()
