"""Sockets of families that namespaces do not cover or that carry bugs."""

# expect: ok
import socket

from attack import breach, done

for family in range(3, 46):
    if family in (10,):
        continue
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
        except OSError as error:
            if error.errno != 1:
                breach(f"family {family} reaches the kernel: {error}")
        else:
            breach(f"family {family}")
done()
