"""Try the ports of databases, brokers and the site itself."""

# expect: ok
import socket

from attack import done, refused

for port in (22, 25, 80, 443, 2375, 5432, 6379, 8000, 11211):
    refused(str(port), lambda port=port: socket.create_connection(("127.0.0.1", port), 0.5))
done()
