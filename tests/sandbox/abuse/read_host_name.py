"""Learn the host's name."""

# expect: ok
import os
import socket

import host
from attack import breach, done

if host.NAME in (socket.gethostname(), os.uname().nodename) and host.NAME != "arena":
    breach("the host's name")
done()
