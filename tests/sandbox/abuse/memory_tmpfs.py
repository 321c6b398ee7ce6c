"""Use /dev/shm as memory that no process holds."""

# expect: disk_limit | memory_limit
for n in range(100):
    with open(f"/dev/shm/{n}", "wb") as file:
        file.write(bytes(10_000_000))
