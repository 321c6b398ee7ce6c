"""Fill the kernel's buffers of many sockets."""

# expect: ok | memory_limit | runtime_error
import socket

from attack import done

held = []
try:
    for _ in range(400):
        pair = socket.socketpair()
        pair[0].setblocking(False)
        pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
        held.append(pair)
        try:
            while True:
                pair[0].send(bytes(1 << 16))
        except BlockingIOError:
            pass
except OSError as error:
    if error.errno not in (1, 24):
        raise
    print(error)
done()
