"""What the sandbox costs: the same scripts in bare Python and in every backend, taking turns in the same minute.

Run as `python benchmarks/sandbox.py [--runs 15]` from the root. Prints for each script the median and the quartiles of
the time from start to exit in ms, its ratio to bare Python's, and the processor time of the job, which a busy machine
changes least; then trivial jobs a second with two at a time, how long after a limit the verdict is there, and what is
left behind. On a noisy machine read the ratios and the processor times.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.outcome import Verdict  # noqa: E402 - the root comes first
from grader.sandbox import Job, Limits, cgroups, open_sandbox, probe  # noqa: E402

RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", ROOT / ".venv-student"))
LOGISTIC = """
import numpy as np
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
X = rng.normal(size=(1500, 64))
y = (X[:, :8].sum(axis=1) > 0).astype(int)
LogisticRegression(max_iter=500).fit(X, y)
"""
TORCH = """
import torch
model = torch.nn.Linear(16, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
X = torch.randn(256, 16)
for _ in range(20):
    optimizer.zero_grad()
    (model(X) - X.sum(dim=1, keepdim=True)).pow(2).mean().backward()
    optimizer.step()
"""
SCRIPTS = {"no imports": "pass\n", "scikit-learn": LOGISTIC, "torch": TORCH}
LEAVES = 'open("submission.csv", "w").write("id,label\\n1,1\\n")\n'


@dataclass
class Times:
    """Milliseconds of one way to run a script."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def shown(self, bare: Times) -> str:
        low, middle, high = statistics.quantiles(self.wall, n=4)
        ratio = middle / statistics.median(bare.wall)
        cpu, cpu_bare = statistics.median(self.cpu), statistics.median(bare.cpu)
        return f"{middle:8.1f} [{low:.1f}, {high:.1f}]  x{ratio:.3f}   cpu {cpu:8.1f}  x{cpu / cpu_bare:.3f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    found = cgroups.version
    print(f"cgroup {probe().cgroup}, {os.cpu_count()} cores, {runs} runs each, load {os.getloadavg()[0]:.1f}; ms")
    for name, script in SCRIPTS.items():
        source = script + LEAVES
        ways: dict[str, Callable[[Path], tuple[float, float]]] = {"bare": lambda folder, s=source: _bare(s, folder)}
        ways["sandbox"] = lambda folder, s=source: _boxed(s, folder)
        if found() != "none":
            ways["without cgroups"] = lambda folder, s=source: _uncounted(s, folder, found)
            if name != "no imports":
                ways["warm"] = lambda folder, s=source: _boxed(s, folder, is_warm=True)
        times = {way: Times() for way in ways}
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "data").mkdir()
            for run in range(runs + 1):
                for way, measure in ways.items():
                    wall, cpu = measure(Path(folder))
                    if run:  # the first fills the page cache and heats the oven
                        times[way].wall.append(wall)
                        times[way].cpu.append(cpu)
        for way in ways:
            print(f"{name:13} {way:16} {times[way].shown(times['bare'])}")
    _throughput()
    _latency()
    groups = [str(path) for path in Path("/sys/fs/cgroup").glob(f"*/arena-{os.getpid()}-*")]
    print(f"left behind: {len(groups)} control groups, {_children()} processes beside the two that serve")


def _bare(script: str, folder: Path) -> tuple[float, float]:
    (folder / "main.py").write_text(script)
    # the variables that the sandbox sets too, so that both use as many threads
    threads = str(min(2, os.cpu_count() or 1))
    variables = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
    command = [str(RUNTIME / "bin" / "python"), "main.py"]
    environment = {**variables, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder)}
    before, start = _children_cpu_s(), time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    return (time.perf_counter() - start) * 1000, (_children_cpu_s() - before) * 1000


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _boxed(script: str, folder: Path, *, is_warm: bool = False) -> tuple[float, float]:
    job = _job(script, folder, is_warm=is_warm)
    start = time.perf_counter()
    result = open_sandbox().run(job)
    taken = (time.perf_counter() - start) * 1000
    if result.verdict is not Verdict.OK or (is_warm and result.backend != "warm"):
        raise SystemExit(f"The script's verdict is {result.verdict} on {result.backend}: {result.message}")
    return taken, result.cpu_time_s * 1000


def _uncounted(script: str, folder: Path, found: Callable[[], str]) -> tuple[float, float]:
    cgroups.version = lambda: "none"
    try:
        return _boxed(script, folder)
    finally:
        cgroups.version = found


def _job(script: str, folder: Path, *, is_warm: bool = False, **limits: float) -> Job:
    return Job(
        sources={"main.py": script.encode()},
        entry="main.py",
        data_dir=folder / "data",
        out_dir=folder / "out",
        runtime=RUNTIME,
        limits=Limits(**limits),
        is_warm=is_warm,
    )


def _throughput(n: int = 60) -> None:
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        folder = Path(name)
        (folder / "data").mkdir()
        start = time.perf_counter()
        list(pool.map(lambda _: open_sandbox().run(_job(LEAVES, folder)), range(n)))
        print(f"trivial jobs, two at a time: {n / (time.perf_counter() - start):.1f} a second")


def _latency() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        over = []
        for _ in range(7):
            result = open_sandbox().run(_job("while True: pass\n", folder, wall_time_s=0.5))
            start = time.perf_counter()
            over.append((result.wall_time_s - 0.5) * 1000 + (time.perf_counter() - start) * 1000)
        print(f"wall limit reached to verdict: median {statistics.median(over):.0f} ms, worst {max(over):.0f} ms")


def _children() -> int:
    """Processes below us that are no oven and no nursery."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return max(0, len(found) - 1)


if __name__ == "__main__":
    main()
