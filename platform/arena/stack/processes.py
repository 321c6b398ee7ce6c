"""A small supervisor: starts processes that die with it, even by SIGKILL, restarts what crashed, ends all in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_S = 8.0


def die_with_parent() -> None:
    """Called in the child before exec: the kernel sends it SIGTERM when this process is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


@dataclass
class Supervisor:
    """Named processes, each with a log file in `logs`."""

    logs: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, tuple[list[str], dict[str, str]]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str], *, env: Mapping[str, str] | None = None) -> None:
        """Start a process in a session of its own."""
        self.commands[name] = (list(command), {**os.environ, **(env or {})})
        self._spawn(name)

    def _spawn(self, name: str) -> None:
        command, env = self.commands[name]
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent,
            )  # fmt: skip

    def restart_crashed(self) -> list[str]:
        """Start again what ended with an error; the names."""
        crashed = [name for name, process in self.processes.items() if process.poll() not in {None, 0}]
        for name in crashed:
            self._spawn(name)
        return crashed

    def stop(self) -> None:
        """SIGTERM to each process group, last started first, then SIGKILL to what is left."""
        for process in reversed(self.processes.values()):
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        for process in reversed(self.processes.values()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal(process, signal.SIGKILL)
            process.wait()
        self.processes.clear()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
