"""Claims, fences, races and regrades on a real PostgreSQL: the same tests as on SQLite, in a run of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
SHARED = [
    "test_judging.py",
    "test_regrading.py",
    "test_queue_states.py",
    "test_races.py",
    "test_lock_order.py",
    "test_regrade_command.py",
    "test_doctor.py",
]


def on_postgres(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))} | {"DATABASE_URL": url}
    env.pop("ARENA_VAR", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--create-db", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=400, check=False)


def test_judging_and_regrading_hold_on_postgresql(postgres_url):
    done = on_postgres(postgres_url, "-m", "not sandbox", *(f"tests/arena/{name}" for name in SHARED))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.slow
def test_every_test_of_the_site_holds_on_postgresql(postgres_url):
    done = on_postgres(postgres_url, "-m", "not sandbox and not slow and not browser", "tests/arena")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_postgresql_leaves_nothing_behind():
    from arena.stack.postgres import postgres_server

    with postgres_server() as url:
        folder = Path(url.split("host=")[1])
        pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert Path(f"/proc/{pid}").exists()
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()
