"""Just above the limit, both streams together, then end well."""

# expect: output_limit
import os

from attack import done

done()
for number in (1, 2):
    for _ in range(10):
        os.write(number, b"x" * 60_000)
