"""Move pages and change processes' memory policies."""

# expect: ok
from attack import denied, done

for name, number in {
    "mbind": 237,
    "set_mempolicy": 238,
    "migrate_pages": 256,
    "move_pages": 279,
    "memfd_secret": 447,
}.items():
    denied(name, number, 0, 0, 0, 0, 0, 0)
done()
