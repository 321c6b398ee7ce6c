"""The warm backend holds what the cold one holds, and gains what it is for."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.outcome import RunResult, Verdict
from grader.sandbox import Job, Limits, cgroups, open_sandbox, oven, warm
from grader.sandbox.base import SandboxUnavailable
from grader.sandbox.nursery import nursery
from grader.sandbox.warm import recipe_for

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(
        cgroups.version() == "none" or not nursery().overlay, reason="needs control groups and overlays"
    ),
]
ROOT = Path(__file__).parents[2]
WRITE = '\nopen("submission.csv", "w").write("id,label\\n1,2\\n")\n'
SOME = "read_ or kernel_ or stay_ or verdict_ or bomb_sixty or joblib or spawn"


@pytest.mark.parametrize(
    ("source", "recipe"),
    [
        (b"import numpy as np", "science"),
        (b"def f():\n    from sklearn.svm import SVC", "science"),
        (b"import numpy\nimport torch.nn as nn", "torch"),
        (b"import keras", "torch"),
        (b"import csv", None),
        (b"from . import numpy", None),
        (b"def (", None),
    ],
)
def test_what_is_imported_beforehand_is_what_the_program_names(source: bytes, recipe: str | None):
    assert recipe_for({"main.py": source}) == recipe


def run(source: str, folder: Path, runtime: Path, *, is_warm: bool = True) -> RunResult:
    (folder / "data").mkdir(exist_ok=True)
    limits = Limits(wall_time_s=60, memory_mb=500, disk_mb=16, output_mb=1)
    job = Job(
        sources={"main.py": source.encode()},
        entry="main.py",
        data_dir=folder / "data",
        out_dir=folder / "out",
        runtime=runtime,
        limits=limits,
        seed=11,
        is_warm=is_warm,
    )
    return open_sandbox().run(job)


def test_a_warm_program_finds_what_a_cold_one_finds(tmp_path: Path, runtime: Path):
    source = (
        "import sklearn, os, sys\n"
        "print(__name__, __file__, sys.argv, sys.path, sys.executable, sys.flags.isolated)\n"
        "print(sorted((k, v) for k, v in os.environ.items()), os.getcwd(), os.getuid(), os.getgid(), os.getgroups())\n"
        "print(sorted(os.listdir('/')), sorted(os.listdir('.')), os.umask(0), sys.stdin.read())\n"
    )
    cold = run(source + WRITE, tmp_path, runtime, is_warm=False)
    lent = run(source + WRITE, tmp_path, runtime)
    assert (cold.backend, lent.backend) == ("bubblewrap", "warm")
    assert (lent.verdict, lent.stderr) == (Verdict.OK, "")
    assert lent.stdout.replace("/kaggle/working/main.py", "main.py") == cold.stdout.replace(
        "/kaggle/working/main.py", "main.py"
    )


def test_imports_cost_nothing_once_they_are_lent(tmp_path: Path, runtime: Path):
    source = "import numpy, pandas, sklearn.ensemble, sklearn.svm" + WRITE
    run(source, tmp_path, runtime)  # heats the oven
    lent = run(source, tmp_path, runtime)
    cold = run(source, tmp_path, runtime, is_warm=False)
    assert lent.cpu_time_s < cold.cpu_time_s / 4


@pytest.mark.parametrize(
    ("source", "code", "last"),
    [
        ("import numpy\nraise SystemExit(3)", 3, ""),
        ("import numpy\nimport os; os.kill(os.getpid(), 15)", None, ""),
        ("import numpy\n1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("import numpy\nimport nothing_like_it", 1, "ModuleNotFoundError: No module named 'nothing_like_it'"),
    ],
)
def test_a_warm_program_ends_as_a_cold_one_does(tmp_path: Path, runtime: Path, source: str, code: int, last: str):
    result = run(source, tmp_path, runtime)
    assert (result.verdict, result.exit_code, result.backend) == (Verdict.RUNTIME_ERROR, code, "warm")
    assert (result.stderr.strip().splitlines() or [""])[-1] == last
    assert "oven" not in result.stderr


def test_two_copies_draw_different_numbers(tmp_path: Path, runtime: Path):
    source = "import numpy, random; print(numpy.random.rand(), random.random())" + WRITE
    assert run(source, tmp_path, runtime).stdout != run(source, tmp_path, runtime).stdout


def test_a_program_that_gains_nothing_starts_cold(tmp_path: Path, runtime: Path):
    assert run("import csv" + WRITE, tmp_path, runtime).backend == "bubblewrap"


def test_a_broken_oven_is_said_in_the_log_and_the_program_starts_cold(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: object, **__: object) -> None:
        raise SandboxUnavailable("no fire")

    monkeypatch.setattr(warm, "oven_for", broken)
    with caplog.at_level(logging.WARNING):
        result = run("import numpy" + WRITE, tmp_path, runtime)
    assert (result.verdict, result.backend) == (Verdict.OK, "bubblewrap")
    assert "starts cold: no fire" in caplog.text


def test_an_oven_that_died_is_replaced(tmp_path: Path, runtime: Path):
    run("import numpy" + WRITE, tmp_path, runtime)
    (lit,) = [found for key, found in warm._ovens.items() if key[0] == "science"]
    lit.channel.shutdown(2)
    end = time.monotonic() + 10
    while lit.is_alive() and time.monotonic() < end:
        time.sleep(0.01)
    assert run("import numpy" + WRITE, tmp_path, runtime).backend == "warm"


def test_the_copy_refuses_to_run_anything_with_a_right_left():
    with pytest.raises(PermissionError, match="the box is open"):
        oven.check()


def _suite(which: list[str], timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sandbox/test_abuse.py", *which],
        cwd=ROOT,
        env={**os.environ, "ARENA_SUITE": "warm"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.mark.timeout(280)
def test_attacks_from_a_warm_start_get_nothing():
    done = _suite(["-k", SOME], 270)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_whole_suite_holds_from_a_warm_start():
    done = _suite([], 880)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize(
    "missing",
    [
        '_call("prctl", PR_SET_SECCOMP, 2, program, 0, 0)',
        '_call("capset", header, ctypes.create_string_buffer(24))',
        "_libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)",
        "os.setresuid(STUDENT, STUDENT, STUDENT)",
        '_call("setns", box, ALL_NAMESPACES)',
    ],
)
def test_a_warm_start_that_leaves_a_right_never_runs_the_program(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch, missing: str
):
    source = Path(oven.__file__).read_text()
    assert missing in source
    (tmp_path / "oven.py").write_text(source.replace(missing, "pass"))
    monkeypatch.setattr(oven, "__file__", str(tmp_path / "oven.py"))
    monkeypatch.setitem(warm.RECIPES, "science", ("numpy",))
    warm.close()
    try:
        result = run("import numpy; print('ran')" + WRITE, tmp_path, runtime)
    finally:
        warm.close()
    assert (result.verdict, result.stdout) == (Verdict.SANDBOX_FAULT, "")
