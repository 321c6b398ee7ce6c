"""Loop without end."""

# expect: time_limit
# limits: wall_time_s=1
while True:
    pass
