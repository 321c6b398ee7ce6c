"""Raw sockets."""

# expect: ok
import socket

from attack import done, refused

refused("raw icmp", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
refused("raw v6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58))
refused("packet", lambda: socket.socket(17, socket.SOCK_RAW, 3))
done()
