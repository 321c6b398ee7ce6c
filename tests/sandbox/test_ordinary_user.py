"""The same attacks on a worker that is an ordinary user without control groups, run by a user made for this test.

Where the interpreter lies in a folder that only root may enter, a mount namespace of the test shows it to that user.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(os.geteuid() != 0, reason="whoever is no root runs the whole suite as an ordinary user"),
]
ROOT = Path(__file__).parents[2]
SOME = "bomb_ or memory_ or disk_ or stay_ or time_ or read_parent or multiprocessing_pool or neighbours"
SHOW = """
set -e
kept=$(mktemp -d)
mount --bind "$1" "$kept"
mount -t tmpfs -o mode=755 arena "$2"
mkdir -p "$1"
mount --move "$kept" "$1"
rmdir "$kept"
shift 2
"""
BECOME = 'exec setpriv --reuid 12345 --regid 12345 --clear-groups "$@"'


def _closed_ancestor(path: Path) -> Path | None:
    """The first folder above that others may not enter."""
    return next((p for p in reversed(path.parents) if not p.stat().st_mode & 0o001), None)


def as_user(command: list[str], *, timeout: float) -> subprocess.CompletedProcess[str]:
    prefix = Path(sys.base_prefix).resolve()
    closed = _closed_ancestor(prefix)
    script = BECOME if closed is None else SHOW + BECOME
    places = [] if closed is None else [str(prefix), str(closed)]
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", *places, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture
def suite() -> list[str]:
    if _closed_ancestor(ROOT / "x") is not None:
        pytest.skip("this checkout is in a folder that only root may enter")
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header"]


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_attacks_fail_without_control_groups_too(suite: list[str]):
    done = as_user([*suite, "tests/sandbox/test_abuse.py", "tests/sandbox/test_neighbours.py", "-k", SOME], timeout=270)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_whole_suite_holds_without_control_groups(suite: list[str]):
    done = as_user([*suite, "tests/sandbox"], timeout=880)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
