"""What the scripts beside this file share; it travels with each as `attack.py`, and is no attack itself."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def breach(what):
    """Say that an attack got through; the test looks for this word."""
    print(f"BREACH: {what}", flush=True)


def done():
    """Leave good predictions."""
    with open("submission.csv", "w") as file:
        file.write("id,label\n1,2\n")


def refused(name, attempt):
    """`attempt()` must raise."""
    try:
        got = attempt()
    except (OSError, ValueError, ArithmeticError) as error:
        print(name, "refused:", error)
    else:
        breach(f"{name} gave {got!r}"[:300])


def denied(name, number, *arguments, errno=1):
    """The system call must fail with just this error: the filter's, so that it was never tried."""
    ctypes.set_errno(0)
    value = libc.syscall(*(ctypes.c_long(n) for n in (number, *arguments)))
    if number == 56 and value == 0:
        os._exit(0)
    if value != -1 or ctypes.get_errno() != errno:
        breach(f"{name} gave {value}, errno {ctypes.get_errno()}")
