"""A server and its client, both inside."""

# expect: ok
import socket
import threading

server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: server.accept()[0].sendall(b"hi")).start()
assert socket.create_connection(server.getsockname()).recv(9) == b"hi"
open("submission.csv", "w").write("id,label\n1,2\n")
