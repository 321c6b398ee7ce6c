"""Reserve space without writing it."""

# expect: disk_limit
import os

with open("big", "wb") as file:
    os.posix_fallocate(file.fileno(), 0, 10**9)
print("BREACH: a gigabyte reserved")
