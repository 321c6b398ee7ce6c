"""Two jobs that attack each other at once, and a worker that dies in the middle of a job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.outcome import Verdict
from grader.sandbox import Job, Limits, open_sandbox

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).parents[2]
ATTACK = """
import os, signal, socket, time, glob

me, other = "{me}", "{other}"
for place in (".", "/tmp", "/dev/shm"):
    open(f"{{place}}/secret-{{me}}", "w").write("SECRET-" + me)
os.environ["SECRET"] = "SECRET-" + me
for address in ("\\0" + me, "/tmp/" + me):
    s = socket.socket(socket.AF_UNIX)
    s.bind(address)
    s.listen()
    globals()["keep" + str(id(s))] = s
server = socket.create_server(("0.0.0.0", 5555 + (me > other)))
end = time.monotonic() + 1.5
while time.monotonic() < end:
    for path in glob.glob(f"/**/secret-{{other}}", recursive=False) + glob.glob(f"/tmp/*{{other}}*") + glob.glob(f"/dev/shm/*{{other}}*"):
        print("BREACH", path)
    for family, address in (
        (socket.AF_UNIX, "\\0" + other), (socket.AF_UNIX, "/tmp/" + other),
        (socket.AF_INET, ("127.0.0.1", 5555 + (me < other))),
    ):
        try:
            socket.socket(family).connect(address)
            print("BREACH", address)
        except OSError:
            pass
    for pid in range(2, 40_000, 7):
        if pid in (os.getpid(), os.getppid()):
            continue
        try:
            os.kill(pid, signal.SIGKILL)
            print("BREACH killed", pid)
        except OSError:
            pass
    time.sleep(0.05)
open("submission.csv", "w").write("id,label\\n1," + me + "\\n")
"""


def job(source: str, folder: Path, runtime: Path, **limits: float) -> Job:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    return Job(
        sources={"main.py": source.encode()},
        entry="main.py",
        data_dir=folder / "data",
        out_dir=folder / "out",
        runtime=runtime,
        limits=Limits(**{"wall_time_s": 30, "memory_mb": 200, "disk_mb": 16, "output_mb": 1, "processes": 24} | limits),
    )


def test_two_jobs_that_attack_each_other_do_not_meet(tmp_path: Path, runtime: Path):
    names = ("anna", "barbu")
    jobs = [
        job(ATTACK.format(me=me, other=other), tmp_path / me, runtime)
        for me, other in zip(names, reversed(names), strict=True)
    ]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(open_sandbox().run, jobs))
    assert [(result.verdict, result.stdout) for result in results] == [(Verdict.OK, "")] * 2, results
    assert [r.output and r.output.read_text() for r in results] == ["id,label\n1,anna\n", "id,label\n1,barbu\n"]


def test_a_bomb_beside_it_fails_no_honest_job(tmp_path: Path, runtime: Path):
    bomb = job("import os\nwhile True:\n    os.fork()\n", tmp_path / "bomb", runtime, wall_time_s=3)
    honest = job('open("submission.csv", "w").write("id,label\\n")', tmp_path / "honest", runtime)
    with ThreadPoolExecutor(2) as pool:
        verdicts = [result.verdict for result in pool.map(open_sandbox().run, [bomb, honest, honest])]
    assert verdicts == [Verdict.PROCESS_LIMIT, Verdict.OK, Verdict.OK]


WORKER = """
import sys
from pathlib import Path
from grader.sandbox import Job, Limits, open_sandbox
name, folder, runtime, is_warm = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == "warm"
source = b"import os, time, numpy\\nif os.fork() == 0:\\n    os.setsid()\\nprint('on', flush=True)\\ntime.sleep(100)\\n"
job = Job(
    sources={name: source}, entry=name, data_dir=folder, out_dir=folder, runtime=runtime, limits=Limits(), is_warm=is_warm
)
open_sandbox().run(job, on_log=lambda *_: print("on", flush=True))
"""


def _descendants(pid: int) -> set[int]:
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | _descendants(child)
    return found


def _alive(pids: set[int]) -> set[int]:
    """Those that are there and no zombies; who reaps orphans is not our business."""
    found = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        found |= {pid} if state != "Z" else set()
    return found


@pytest.mark.parametrize("start", ["cold", "warm"])
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_survives_a_worker_that_is_killed_midway(
    tmp_path: Path, runtime: Path, death: signal.Signals, start: str
):
    tmp_path.joinpath("worker.py").write_text(WORKER)
    worker = subprocess.Popen(
        [sys.executable, str(tmp_path / "worker.py"), "victim.py", str(tmp_path), str(runtime), start],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"on\n"
    family = _descendants(worker.pid)
    assert len(family) >= 5  # the nursery, a keeper, bubblewrap's two, the program and its daemon
    worker.send_signal(death)
    worker.wait(10)
    worker.stdout.close()
    deadline = time.monotonic() + 10

    def left() -> list[str]:
        groups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"*/arena-{worker.pid}-*")]
        return [*map(str, _alive(family)), *groups]

    while left() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left() == []
