"""A whole site in a temporary folder, to be measured and hurt: database, broker, workers, sweeper and web server.

Its processes can be killed one by one and started again; all of them die with this one. Import it before anything of the
site, call `set_the_stage` first: it chooses the settings.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from arena.stack.processes import die_with_parent  # noqa: E402 - the roots come first
from arena.stack.redis import redis_binary  # noqa: E402
from benchmarks.clocks import Clocks, make_clocks  # noqa: E402

# short leases and little patience make short recoveries; nothing is set aside however often it is killed
QUICK = {
    "ARENA_LEASE_S": "3", "ARENA_BEAT_S": "1", "ARENA_SWEEP_S": "1", "ARENA_HUNG_S": "8", "ARENA_MAX_ATTEMPTS": "1000",
}  # fmt: skip


@dataclass
class Stage:
    """The running site. `processes` are by name; a killed one is started again by `start`."""

    folder: Path
    port: int
    env: dict[str, str]
    commands: dict[str, list[str]]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    # of all but the broker, which is no part of the site; None without a C compiler
    clocks: Clocks | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *names: str) -> None:
        for name in names:
            clock = self.clocks.env(name) if self.clocks and name != "broker" else {}
            with (self.folder / "logs" / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    self.commands[name], env={**self.env, **clock}, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    start_new_session=True, preexec_fn=die_with_parent,
                )  # fmt: skip

    def kill(self, name: str, *, whole_group: bool = True) -> None:
        """SIGKILL, to the process alone or with all that it started."""
        process = self.processes[name]
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
        process.wait()

    def children(self, name: str) -> list[int]:
        """The process ids of a worker's pool."""
        path = Path(f"/proc/{self.processes[name].pid}/task/{self.processes[name].pid}/children")
        with contextlib.suppress(OSError):
            return [int(pid) for pid in path.read_text().split()]
        return []

    def wait_for_web(self, seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/healthz/", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def wait_for_broker(self, seconds: float = 30) -> None:
        from redis import Redis
        from redis.exceptions import RedisError

        deadline = time.monotonic() + seconds
        while True:
            try:
                with Redis(unix_socket_path=self.env["ARENA_STAGE_SOCKET"]) as client:
                    client.ping()
                    return
            except RedisError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def forget_everything(self) -> None:
        """FLUSHALL: the broker lives and knows nothing any more."""
        from redis import Redis

        with Redis(unix_socket_path=self.env["ARENA_STAGE_SOCKET"]) as client:
            client.flushall()

    def stop(self) -> None:
        """SIGTERM in the reverse order, then SIGKILL."""
        for name, process in reversed(self.processes.items()):
            number = signal.SIGQUIT if name.startswith(("scorer", "runner")) else signal.SIGTERM
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def left_processes(self) -> list[str]:
        """The command lines of processes that belong to this stage and still live."""
        marker, found = f"ARENA_VAR={self.folder}".encode(), []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit() or int(folder.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                if marker in (folder / "environ").read_bytes().split(b"\0"):
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return found


@contextmanager
def set_the_stage(
    *, database: str = "", workers: Mapping[str, int] | None = None, variables: Mapping[str, str] | None = None
) -> Iterator[Stage]:
    """A migrated site with nothing started yet. `workers` are processes of each lane; `database` a URL, else SQLite."""
    with tempfile.TemporaryDirectory(prefix="arena-stage-") as name, tempfile.TemporaryDirectory(dir="/tmp") as short:
        folder, redis = Path(name), f"{short}/redis.sock"
        for part in ("logs", "redis", "tmp"):
            (folder / part).mkdir()
        settings = {
            "ARENA_VAR": name,
            "TMPDIR": f"{name}/tmp",
            "REDIS_URL": f"redis+socket://{redis}",
            "ARENA_STAGE_SOCKET": redis,
            "DJANGO_SETTINGS_MODULE": "arena.settings.embedded",
            "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
            "ARENA_LOG_LEVEL": "WARNING",
            **({"DATABASE_URL": database} if database else {}),
            **(variables or {}),
        }
        if not database:
            os.environ.pop("DATABASE_URL", None)
        os.environ.update(settings)
        tempfile.tempdir = settings["TMPDIR"]
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        port = _free_port()
        stage = Stage(
            folder=folder, port=port, env=dict(os.environ), commands=_commands(folder, redis, port, workers),
            clocks=make_clocks(folder / "clocks"),
        )  # fmt: skip
        try:
            yield stage
        finally:
            stage.stop()
            from django.db import connections

            connections.close_all()
            tempfile.tempdir = None
            shutil.rmtree(folder / "files", ignore_errors=True)


def _commands(folder: Path, redis: str, port: int, workers: Mapping[str, int] | None) -> dict[str, list[str]]:
    python, manage = sys.executable, str(ROOT / "manage.py")
    celery = [python, "-m", "celery", "-A", "arena", "worker", "--loglevel", "WARNING"]
    lanes = {"scoring": 2, "cpu": 2} if workers is None else workers
    return {
        "broker": [
            redis_binary(), "--port", "0", "--unixsocket", redis, "--dir", str(folder / "redis"), "--appendonly", "yes",
            "--save", "", "--maxmemory-policy", "noeviction",
        ],
        "web": [
            python, "-m", "gunicorn", "arena.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8",
            "--no-control-socket", "--backlog", "2048",
        ],
        "sweeper": [python, manage, "sweep"],
        **{
            ("runner" if lane == "cpu" else "scorer"): [
                *celery, "-n", f"{lane}@stage", "-Q", f"{lane},checks", "-c", str(n),
            ]
            for lane, n in lanes.items()
        },
    }  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
