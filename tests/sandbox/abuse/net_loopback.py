"""Connect to a service of the host on 127.0.0.1 and ::1."""

# expect: ok
import socket

import host
from attack import done, refused

for address in ("127.0.0.1", "localhost", "0.0.0.0", "::1"):
    refused(address, lambda address=address: socket.create_connection((address, host.TCP), 1).send(b"hello"))
done()
