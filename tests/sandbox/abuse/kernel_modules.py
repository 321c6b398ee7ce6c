"""Load modules, boot another kernel, or restart."""

# expect: ok
from attack import denied, done

for name, number in {
    "init_module": 175,
    "finit_module": 313,
    "delete_module": 176,
    "kexec_load": 246,
    "kexec_file_load": 320,
    "reboot": 169,
    "swapon": 167,
    "swapoff": 168,
    "acct": 163,
    "quotactl": 179,
    "quotactl_fd": 443,
    "iopl": 172,
    "ioperm": 173,
}.items():
    denied(name, number, 0, 0, 0, 0, 0)
done()
