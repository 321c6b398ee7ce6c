"""Fill the disk with files that have no name any more."""

# expect: disk_limit
import os

held = []
while True:
    held.append(open("gone", "wb"))
    os.unlink("gone")
    held[-1].write(bytes(1_000_000))
    held[-1].flush()
