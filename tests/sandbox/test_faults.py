"""What a student does is never called a fault of ours, and a fault of ours leaves nothing open."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.outcome import RunResult, Verdict
from grader.sandbox import Job, Limits, cgroups, open_sandbox

pytestmark = pytest.mark.sandbox
RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", Path(__file__).parents[2] / ".venv-student"))
WRITE = 'open("submission.csv", "w").write("id,label\\n1,2\\n")\n'
Run = Callable[..., RunResult]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "data").mkdir()

    def do(source: str, *, at: Path = RUNTIME, **limits: float) -> RunResult:
        job = Job(
            sources={"main.py": source.encode()},
            entry="main.py",
            data_dir=tmp_path / "data",
            out_dir=tmp_path / "out",
            runtime=at,
            limits=Limits(**{"wall_time_s": 20, "memory_mb": 400, "disk_mb": 30, "output_mb": 1} | limits),
        )
        return open_sandbox().run(job)

    return do


@pytest.mark.parametrize("make", ["mkdir('submission.csv')", "symlink('/dev/zero', 'submission.csv')"])
def test_predictions_that_are_no_plain_file_are_the_students_mistake(run: Run, make: str):
    assert run(f"import os; os.{make}").verdict == Verdict.INVALID_OUTPUT


@pytest.mark.parametrize(("code", "seen"), [(3, (3, None)), (200, (200, None)), (137, (None, 9))])
def test_an_exit_code_too_high_for_a_signal_stays_an_exit_code(
    run: Run, code: int, seen: tuple[int | None, int | None]
):
    result = run(f"import os; os._exit({code})")
    assert (result.exit_code, result.signal) == seen


def test_a_folder_without_an_environment_is_our_fault_and_leaves_no_descriptor_open(run: Run, tmp_path: Path):
    run(WRITE)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        (tmp_path / "pyvenv.cfg").write_text("nothing = here\n")
        assert run(WRITE, at=tmp_path).verdict == Verdict.SANDBOX_FAULT
    assert len(os.listdir("/proc/self/fd")) == before


def test_processor_time_is_bounded_without_control_groups_too(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cgroups, "version", lambda: "none")
    result = run("while True: pass", cpu_time_s=0.3, wall_time_s=10)
    assert result.verdict == Verdict.TIME_LIMIT, result.message
    assert result.message == "The program used more than 0.3 s of processor time."
    assert 0.3 < result.cpu_time_s < 2


def test_a_runtime_whose_interpreter_is_named_through_a_link_works(run: Run, tmp_path: Path):
    config = dict(line.split(" = ", 1) for line in (RUNTIME / "pyvenv.cfg").read_text().splitlines() if " = " in line)
    (tmp_path / "python").symlink_to(Path(config["home"]).resolve().parent)
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").write_text(f"home = {tmp_path}/python/bin\n")
    (tmp_path / "venv" / "bin" / "python").symlink_to(tmp_path / "python" / "bin" / "python3")
    assert run(WRITE, at=tmp_path / "venv").verdict == Verdict.OK


def test_a_failed_control_group_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for controller in cgroups.V1_CONTROLLERS:
        (tmp_path / controller).mkdir()
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    monkeypatch.setattr(cgroups, "version", lambda: "v1")

    def fail(*_: object, **__: object) -> None:
        raise OSError("no such limit")

    monkeypatch.setattr(cgroups, "_write_limits", fail)
    with pytest.raises(OSError, match="no such limit"):
        cgroups.create(memory_bytes=1, processes=1)
    assert list(tmp_path.glob("*/arena-*")) == []


def test_a_job_that_nobody_waits_for_is_stopped_at_once(tmp_path: Path, runtime: Path):
    (tmp_path / "data").mkdir()
    job = Job(
        sources={"main.py": b"import time; time.sleep(60)"},
        entry="main.py",
        data_dir=tmp_path / "data",
        out_dir=tmp_path / "out",
        runtime=runtime,
    )
    asked: list[None] = []
    result = open_sandbox().run(job, is_wanted=lambda: len(asked) < 3 and asked.append(None) is None)
    assert (result.verdict, result.message) == (
        Verdict.SANDBOX_FAULT,
        "The job was stopped: nobody waits for it any more.",
    )
    assert result.wall_time_s < 20
