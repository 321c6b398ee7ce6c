"""The worker's side of `keeper.py`: start it once per process, and hold one job's keeper while it runs."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import keeper
from grader.sandbox.base import SandboxUnavailable

START_S = 30
_lock = threading.Lock()


@dataclass
class Nursery:
    """The running `keeper.py` of this process. `problem` says what stops boxes here, `overlay` whether names hide."""

    process: subprocess.Popen[bytes]
    socket: socket.socket
    owner: int
    problem: str
    overlay: bool

    def is_alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def close(self) -> None:
        self.socket.close()
        if self.owner == os.getpid():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(5)


_current: Nursery | None = None


def nursery() -> Nursery:
    """This process's nursery, started if there is none; a forked worker gets its own."""
    global _current
    with _lock:
        if _current is None or not _current.is_alive():
            if _current is not None:
                _current.close()
            _current = _start()
    return _current


def close() -> None:
    """End the nursery; running jobs keep their keepers."""
    global _current
    with _lock:
        if _current is not None:
            _current.close()
            _current = None


atexit.register(close)


def _start() -> Nursery:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(keeper.__file__))],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            start_new_session=True,
        )
    ours.settimeout(START_S)
    try:
        said, _ = keeper.receive(ours)
    except TimeoutError:
        said = None
    ours.settimeout(None)
    if said is None:
        ours.close()
        process.kill()
        process.wait()
        raise SandboxUnavailable("The process that starts boxes ended at once.")
    return Nursery(process, ours, os.getpid(), str(said["problem"]), bool(said["overlay"]))


class Keeper:
    """One job's keeper: takes the plan, tells what happens, and cleans up once `close` is called."""

    def __init__(self, plan: dict[str, object], descriptors: tuple[int, ...]) -> None:
        """`descriptors` are stdout, stderr, bubblewrap's arguments and what these name. Raises OSError."""
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(nursery().socket, [b"{}"], [theirs.fileno()])
            self.control.settimeout(START_S)
            keeper.send(self.control, plan | {"worker": os.getpid()}, descriptors)
            said, received = keeper.receive(self.control)
            self.control.settimeout(None)
        except BaseException:
            self.control.close()
            raise
        if said is None or "fault" in said:
            self.close()
            raise SandboxUnavailable(str(said["fault"]) if said else "The keeper ended at once.")
        self.box = received[0]

    def told(self) -> dict[str, object] | None:
        """The next message: `pid` and `init` once started, `status` and more at the end. None: the keeper is dead."""
        return keeper.receive(self.control)[0]

    def kill(self) -> None:
        """Ask for the end; the last message follows."""
        with suppress(OSError):
            self.control.send(b"kill")

    def close(self) -> None:
        """Let the keeper remove what is left, and wait for it."""
        if hasattr(self, "box"):
            os.close(self.box)
        with suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)
            self.control.settimeout(15)
            while self.control.recv(keeper.MAX_MESSAGE):
                pass
        self.control.close()
