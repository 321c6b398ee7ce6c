"""Rename the host."""

# expect: ok
import socket

from attack import done, refused

refused("sethostname", lambda: socket.sethostname("evil"))
done()
