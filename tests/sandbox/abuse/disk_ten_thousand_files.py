"""Ten thousand empty files, then end well."""

# expect: disk_limit
from attack import done

done()
for n in range(10_000):
    open(f"/tmp/{n}", "w").close()
