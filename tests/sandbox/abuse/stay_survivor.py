"""Become nobody's child: clear the parent-death signal and leave the session."""

# expect: ok
import ctypes
import os
import time

from attack import done

done()
if os.fork() == 0:
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    os.setsid()
    time.sleep(600)
