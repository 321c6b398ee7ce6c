"""Talk to the services of the host through their socket files."""

# expect: ok
import socket

import host
from attack import done, refused

for path in (
    host.UNIX,
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/redis/redis.sock",
    "/run/dbus/system_bus_socket",
    "/run/systemd/private",
):
    refused(path, lambda path=path: socket.socket(socket.AF_UNIX).connect(path))
done()
