"""Mount, by the old calls and the new."""

# expect: ok
from attack import denied, done

for name, number in {
    "mount": 165,
    "umount2": 166,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "mount_setattr": 442,
    "pivot_root": 155,
    "chroot": 161,
}.items():
    denied(name, number, 0, 0, 0, 0, 0)
done()
