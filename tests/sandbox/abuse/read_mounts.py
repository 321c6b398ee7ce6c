"""Read the host's folder names in the list of mounts."""

# expect: ok
import host
from attack import breach, done

for name in ("mountinfo", "mounts", "mountstats"):
    with open(f"/proc/self/{name}") as file:
        for line in file:
            if host.DATA in line or host.RUNTIME in line or host.ROOT in line:
                breach(line)
done()
