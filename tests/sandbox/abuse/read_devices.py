"""Read disks, memory and terminals."""

# expect: ok
import os

from attack import breach, done, refused

for name in (
    "sda",
    "vda",
    "nvme0n1",
    "mem",
    "kmem",
    "port",
    "kmsg",
    "fuse",
    "kvm",
    "loop-control",
    "nvidia0",
    "net/tun",
):
    refused(name, lambda name=name: os.open(f"/dev/{name}", os.O_RDONLY))
known = {
    "console",
    "core",
    "fd",
    "full",
    "null",
    "ptmx",
    "pts",
    "random",
    "shm",
    "stderr",
    "stdin",
    "stdout",
    "tty",
    "urandom",
    "zero",
}
if set(os.listdir("/dev")) - known:
    breach(f"devices: {set(os.listdir('/dev')) - known}")
for path in ("/proc/kcore", "/proc/kmsg", "/proc/kpageflags", "/proc/slabinfo"):
    refused(path, lambda path=path: open(path, "rb").read(1))
done()
