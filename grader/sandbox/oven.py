"""A Python that has already imported what takes long, and that lends copies of itself to jobs.

Run by the runtime's own interpreter, in a root that looks like a box's, with a box's constant environment and nothing
else: no secret, no data, nothing of the site. For each job it forks. The copy enters the box that bubblewrap has built
for the job, by joining its namespaces; there it gives up every right, loads the system-call filter, looks at
/proc/self/status whether all of this is true, and only then runs the student's program as `__main__`.

Standard library only, of Python 3.11 or later: this file is a program, imported by tests alone.
"""

# imports of the runtime are at the whim of its packages; ours stay few
# ruff: noqa: PTH110, PTH123

from __future__ import annotations

import array
import ctypes
import gc
import importlib
import json
import os
import random
import resource
import signal
import socket
import struct
import sys
import traceback
import types
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 4, 24, 38, 22
# mount, cgroup, uts, ipc, user, pid and network namespaces
ALL_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
STUDENT = 65534
BOX = "/kaggle/working"
EXPECTED = {
    "CapInh": "0" * 16, "CapPrm": "0" * 16, "CapEff": "0" * 16, "CapBnd": "0" * 16, "CapAmb": "0" * 16,
    "NoNewPrivs": "1", "Seccomp": "2", "Uid": f"{STUDENT}\t{STUDENT}\t{STUDENT}\t{STUDENT}",
    "Gid": f"{STUDENT}\t{STUDENT}\t{STUDENT}\t{STUDENT}",
}  # fmt: skip
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Import the modules named on the command line, say so, and serve until the worker goes."""
    worker = socket.socket(fileno=0)
    os.umask(0o022)
    # fds 1 and 2 are /dev/null until a job gives its own
    for name in sys.argv[1].split(","):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    worker.send(b"hot")
    while True:
        try:
            data, descriptors = receive(worker)
        except ConnectionError:
            os._exit(0)
        if not data:
            os._exit(0)
        if os.fork() == 0:
            worker.close()
            serve(socket.socket(fileno=descriptors[0]))
            return
        os.close(descriptors[0])


def receive(source: socket.socket) -> tuple[bytes, list[int]]:
    """A message and its descriptors, none of them inherited by programs."""
    descriptors = array.array("i")
    data, extra, _, _ = source.recvmsg(65536, socket.CMSG_SPACE(16 * descriptors.itemsize), socket.MSG_CMSG_CLOEXEC)
    for level, kind, payload in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    return data, list(descriptors)


def serve(keeper: socket.socket) -> None:
    """One job: tell the keeper who we are, wait to be counted, enter the box, and let a child of ours be the program.

    Only that child returns.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    keeper.send(json.dumps({"warm": os.getpid()}).encode())
    data, descriptors = receive(keeper)
    if not data:
        os._exit(0)
    job = json.loads(data)
    box, stdout, stderr, held = descriptors[:4]
    with os.fdopen(held, "rb") as file:
        code = file.read()
    os.setgroups([]) if os.geteuid() == 0 else None
    _call("setns", box, ALL_NAMESPACES)
    child = os.fork()
    if child:
        os.close(stdout)
        os.close(stderr)
        _, status = os.waitpid(child, 0)
        exit_code = os.waitstatus_to_exitcode(status)
        try:
            keeper.send(json.dumps({"exit-code": exit_code if exit_code >= 0 else 128 - exit_code}).encode())
        finally:
            os._exit(0)
    try:
        become_student(job, stdout, stderr, code)
    except BaseException as error:
        os.write(2, f"The warm start failed: {error!r}\n".encode())
        keeper.send(json.dumps({"fault": repr(error)}).encode())
        os._exit(127)
    keeper.detach()  # closed by now; closing it again at our end would close whatever the program has there
    run(job["entry"])


def become_student(job: dict[str, Any], stdout: int, stderr: int, code: bytes) -> None:
    """Give up everything that a program in the box must not have. Raises if anything is left."""
    os.setsid()
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0, inheritable=True)
    os.dup2(stdout, 1, inheritable=True)
    os.dup2(stderr, 2, inheritable=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))
    for number in range(64):
        _libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    os.setresgid(STUDENT, STUDENT, STUDENT)
    os.setresuid(STUDENT, STUDENT, STUDENT)
    header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
    _call("capset", header, ctypes.create_string_buffer(24))
    _call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # lost with the change of user; /proc/self would be closed to it
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.chdir(BOX)
    os.environ.update(job["environment"])
    for kept in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
        signal.signal(kept, signal.SIG_DFL if kept == signal.SIGCHLD else signal.SIG_IGN)
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    room = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(room)))
    _call("prctl", PR_SET_SECCOMP, 2, program, 0, 0)
    check()
    os.closerange(3, 4096)


def check() -> None:
    """Raise unless the kernel itself says that we are nobody."""
    with open("/proc/self/status", encoding="utf-8") as file:
        status = {key: value.strip() for key, _, value in (line.partition(":") for line in file)}
    wrong = {key: status.get(key) for key, value in EXPECTED.items() if status.get(key) != value}
    if wrong or os.path.exists("/oven.py"):
        raise PermissionError(f"the box is open: {wrong}")


def run(entry: str) -> None:
    """Run the program as `__main__`, and end as the interpreter would."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    path = f"{BOX}/{entry}"
    sys.argv[:] = [entry]
    sys.path[0] = path.rpartition("/")[0]
    program = types.ModuleType("__main__")
    program.__file__ = path
    sys.modules["__main__"] = program
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec")
        exec(code, program.__dict__)  # noqa: S102 - that is what we are for
    except SystemExit:
        raise
    except BaseException as error:
        trace = error.__traceback__.tb_next if error.__traceback__ else None
        traceback.print_exception(type(error), error, trace)
        sys.exit(1)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")


if __name__ == "__main__":
    main()
