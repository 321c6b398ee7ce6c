"""Connect to an abstract socket of the host, which has no file and ignores mounts."""

# expect: ok
import socket

import host
from attack import done, refused

refused("abstract socket", lambda: socket.socket(socket.AF_UNIX).connect("\0" + host.ABSTRACT))
done()
