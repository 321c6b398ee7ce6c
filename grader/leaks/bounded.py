"""The search in a child process that is bounded in time and memory, for files that are large or packed.

What the bounds cut off is a finding of its own: nobody takes silence for an answer.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from grader.leaks.containers import is_packed
from grader.leaks.finding import Leak
from grader.leaks.search import find_leaks
from grader.predictions import Solution, read_solution

# so much plain text is searched at once, in this process
SMALL = 2 * 2**20
CPU_S, WALL_S, MEMORY_BYTES = 60, 90, 3 * 2**30
ROOT = Path(__file__).resolve().parents[2]


def search(public: Mapping[str, bytes], solution: Solution, *, hidden_file: bytes) -> list[Leak]:
    """As `find_leaks`. Raises nothing: a search that the bounds ended finds `not_searched`."""
    if sum(map(len, public.values())) <= SMALL and not any(is_packed(data) for data in public.values()):
        return find_leaks(public, solution, hidden_file=hidden_file)
    with tempfile.TemporaryDirectory(prefix="arena-leaks-") as name:
        folder = Path(name)
        (folder / "solution").write_bytes(hidden_file)
        for place, data in enumerate(public.values()):
            (folder / str(place)).write_bytes(data)
        asked = {"id_column": solution.id_column, "names": list(public)}
        code = f"import sys; sys.path.append({str(ROOT)!r}); from grader.leaks.bounded import main; main()"
        command = [sys.executable, "-I", "-c", code, str(folder)]
        try:
            ran = subprocess.run(
                command, input=json.dumps(asked).encode(), capture_output=True, timeout=WALL_S, check=True
            )
            return [Leak(**leak) for leak in json.loads(ran.stdout)]
        except (subprocess.SubprocessError, ValueError, TypeError):
            return [Leak(code="not_searched", file=", ".join(public)[:200], is_sure=False)]


def main() -> None:
    """In the child: bound itself, read the folder, print the findings."""
    for kind, most in ((resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(kind, (most, most))
    asked = json.load(sys.stdin)
    folder = Path(sys.argv[1])
    public = {name: (folder / str(place)).read_bytes() for place, name in enumerate(asked["names"])}
    path = folder / "solution"
    solution = read_solution(path, id_column=asked["id_column"])
    json.dump([asdict(leak) for leak in find_leaks(public, solution, hidden_file=path.read_bytes())], sys.stdout)
