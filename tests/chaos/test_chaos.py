"""A short chaos: real Redis, workers, sweeper and web server, killed with SIGKILL while students upload."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACTS = {
    "worker killed",
    "worker killed, its pool orphaned",
    "pool process killed",
    "pool hangs",
    "sweeper killed",
    "web killed",
    "broker killed",
    "broker forgets all",
    "clock jumps",
    "sweeper with a wrong clock",
}


@pytest.mark.sandbox
@pytest.mark.timeout(400)
def test_each_submission_has_one_result_after_every_kind_of_death():
    """The longer run, with a full disk and a thousand submissions, is `benchmarks/chaos.py`."""
    command = [sys.executable, str(ROOT / "benchmarks" / "chaos.py"), "--submissions", "24", "--code", "8"]
    bounded = ["--seconds", "15", "--every", "1.2", "--patience", "240", "--json"]
    done = subprocess.run([*command, *bounded], cwd=ROOT, capture_output=True, text=True, timeout=390, check=False)
    assert done.stdout, done.stderr[-3000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["wrong"] == []
    assert answer["submissions"] == 24
    assert set(answer["acts"]) == ACTS
    assert done.returncode == 0
