"""Folders so deep that removing them by recursion fails."""

# expect: ok | disk_limit
import os

from attack import done

done()
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
