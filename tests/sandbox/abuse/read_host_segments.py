"""Read the System V memory of the host's programs."""

# expect: ok
from attack import breach, done

for kind in ("shm", "sem", "msg"):
    with open(f"/proc/sysvipc/{kind}") as file:
        if len(file.readlines()) > 1:
            breach(f"the host's {kind}")
done()
