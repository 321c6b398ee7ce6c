"""See the host's network cards, routes and connections."""

# expect: ok
from attack import breach, done

with open("/proc/net/dev") as file:
    names = {line.split(":")[0].strip() for line in file if ":" in line}
if names - {"lo"}:
    breach(f"interfaces {names}")
with open("/proc/net/tcp") as file:
    if len(file.readlines()) > 1:
        breach("the host's connections")
done()
