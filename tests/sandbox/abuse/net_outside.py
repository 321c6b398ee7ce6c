"""Send data out, by TCP and UDP, IPv4 and IPv6."""

# expect: ok
import socket

from attack import done, refused

for family, address in (
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET6, "2001:db8::1"),
    (socket.AF_INET, "255.255.255.255"),
):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(family, kind) as s:
            s.settimeout(1)
            refused(f"{address} {kind}", lambda s=s, address=address: (s.connect((address, 53)), s.send(b"x")))
done()
