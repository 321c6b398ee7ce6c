"""Ask for the user, the home, the host and the number of processors."""

# expect: ok
import getpass
import os
import socket
from pathlib import Path

assert getpass.getuser() == "student"
assert Path.home() == Path.cwd()
socket.gethostbyname("localhost")
assert os.cpu_count() >= 1 and len(os.sched_getaffinity(0)) >= 1
open("submission.csv", "w").write("id,label\n1,2\n")
