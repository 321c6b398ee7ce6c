"""The demo, interrupted while it prepares and while it judges: no process and no temporary folder stays behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PR_SET_CHILD_SUBREAPER = 36
pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


def children(parent: int) -> dict[int, str]:
    """The processes below one: id -> command line; those that died and were not waited for yet are left out."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"\nPPid:\t{parent}\n" in status and "\nState:\tZ" not in status:
            found[int(folder.name)] = command
            found |= children(int(folder.name))
    return found


@pytest.fixture
def orphans() -> Callable[[], dict[int, str]]:
    """Whose parent dies becomes a child of ours; what was there before the test does not count."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = set(children(os.getpid()))
    yield lambda: {pid: command for pid, command in children(os.getpid()).items() if pid not in before}
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("moment", "number", "options", "code"),
    [
        ("preparing", signal.SIGTERM, [], 0),
        pytest.param("judging", signal.SIGINT, [], 0, marks=pytest.mark.slow),
        ("preparing", signal.SIGINT, ["--check"], 130),
    ],
)
def test_an_interrupted_demo_leaves_nothing(
    moment: str,
    number: int,
    options: list[str],
    code: int,
    tmp_path: Path,
    orphans: Callable[[], dict[int, str]],
) -> None:
    var, temporary, log = tmp_path / "var", tmp_path / "tmp", tmp_path / "demo.log"
    temporary.mkdir()
    env = {**os.environ, "TMPDIR": str(temporary), "DJANGO_SETTINGS_MODULE": "arena.settings.embedded"}
    env.pop("ARENA_VAR", None)
    if not options:
        env["ARENA_VAR"] = str(var)
    command = [sys.executable, "manage.py", "demo", "--port", "0", "--students", "10", *options]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _until(lambda: "Preparing the database" in log.read_text(), log, process)
        (address,) = tmp_path.glob("**/redis/address")
        broker = Path(address.read_text().removeprefix("redis+socket://"))
        assert broker.is_socket()
        if moment == "judging":
            _until(lambda: any("bwrap" in command for command in orphans().values()), log, process)
        os.kill(process.pid, number)
        if moment == "judging":
            time.sleep(0.3)
            os.kill(process.pid, signal.SIGINT)  # an impatient second one
        _until(lambda: process.poll() is not None, log, None, seconds=30, what=orphans)
        assert process.returncode == code
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    _until(lambda: not orphans(), log, None, seconds=10, what=orphans)
    assert not broker.exists()
    assert list(temporary.iterdir()) == []
    assert log.read_text().endswith("\nStopped\n")


def _until(
    happened: Callable[[], bool],
    log: Path,
    process: subprocess.Popen[bytes] | None,
    *,
    seconds: float = 60,
    what: Callable[[], object] = str,
) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert process is None or process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, f"{what()}\n{log.read_text()}"
        time.sleep(0.1)
