"""A regular expression that never ends, inside one C call."""

# expect: time_limit
# limits: wall_time_s=1
import re

re.match(r"(a|aa)+$", "a" * 200 + "b")
