"""Create empty files without end."""

# expect: disk_limit
n = 0
while True:
    open(f"/tmp/{n}", "w").close()
    n += 1
