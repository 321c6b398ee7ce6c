"""What the sandbox costs: the same scripts in bare Python and in the sandbox, alternating, start to exit.

Run as `python benchmarks/sandbox.py [--runs 15]` from the root. The two ways take turns, so that a busy machine slows
both. Prints medians in ms with the quartiles, and the ratio of the medians; on a noisy machine read the ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.outcome import Verdict  # noqa: E402 - the root comes first
from grader.sandbox import Job, Limits, open_sandbox, probe  # noqa: E402

RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", ROOT / ".venv-student"))
LOGISTIC = """
import numpy as np
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
X = rng.normal(size=(1500, 64))
y = (X[:, :8].sum(axis=1) > 0).astype(int)
LogisticRegression(max_iter=500).fit(X, y)
"""
SCRIPTS = {"pass": "pass\n", "scikit-learn": LOGISTIC}
LEAVES = 'open("submission.csv", "w").write("id,label\\n1,1\\n")\n'


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    print(f"cgroup {probe().cgroup}, {os.cpu_count()} cores, {runs} runs each, load {os.getloadavg()[0]:.1f}")
    for name, script in SCRIPTS.items():
        bare, boxed = [], []
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "data").mkdir()
            for run in range(runs + 1):
                pair = _bare_ms(script + LEAVES, Path(folder)), _boxed_ms(script + LEAVES, Path(folder))
                if run:  # the first fills the page cache
                    bare.append(pair[0])
                    boxed.append(pair[1])
        ratio = statistics.median(boxed) / statistics.median(bare)
        print(f"{name:13} bare {_shown(bare)}  sandbox {_shown(boxed)}  ratio {ratio:.3f}")


def _bare_ms(script: str, folder: Path) -> float:
    (folder / "main.py").write_text(script)
    # the variables that the sandbox sets too, so that both use as many threads
    threads = str(min(2, os.cpu_count() or 1))
    variables = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), threads)
    start = time.perf_counter()
    command = [str(RUNTIME / "bin" / "python"), "main.py"]
    environment = {**variables, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    return (time.perf_counter() - start) * 1000


def _boxed_ms(script: str, folder: Path) -> float:
    job = Job(
        sources={"main.py": script.encode()},
        entry="main.py",
        data_dir=folder / "data",
        out_dir=folder / "out",
        runtime=RUNTIME,
        limits=Limits(),
    )
    start = time.perf_counter()
    result = open_sandbox().run(job)
    taken = (time.perf_counter() - start) * 1000
    if result.verdict is not Verdict.OK:
        raise SystemExit(f"The script's verdict is {result.verdict}: {result.message}")
    return taken


def _shown(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:7.1f} ms [{low:.1f}, {high:.1f}]"


if __name__ == "__main__":
    main()
