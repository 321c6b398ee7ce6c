"""Forty megabytes where sixteen are allowed, then end well."""

# expect: disk_limit
from attack import done

done()
with open("big", "wb") as file:
    for _ in range(40):
        file.write(bytes(1_000_000))
