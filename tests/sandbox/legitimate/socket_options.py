"""Options of a socket that ask for no memory."""

# expect: ok
import socket

with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
open("submission.csv", "w").write("id,label\n1,2\n")
