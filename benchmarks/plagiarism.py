"""Average precision of ours against copydetect on invented copies, and our speed. `python benchmarks/plagiarism.py`

Every program is drawn from a small grammar of data-science steps; the copies are renamed, reordered or pasted into a
host. The corpus is small and easy: it shows regressions, not how the engine does on real coursework.
"""

from __future__ import annotations

import io
import random
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from plagiarism import compare

CALLS = [
    "fit",
    "transform",
    "predict",
    "score",
    "split",
    "shuffle",
    "normalize",
    "clip",
    "mean",
    "std",
    "where",
    "concatenate",
    "reshape",
    "argmax",
]
LIBRARY = ["np", "pd", "svm", "tree", "nn", "optim", "loader", "metrics", "vision", "text"]
NAMES = [
    "x",
    "y",
    "z",
    "train",
    "test",
    "data",
    "model",
    "out",
    "loss",
    "acc",
    "rows",
    "cols",
    "best",
    "item",
    "step",
    "total",
]


def program(rng: random.Random, n_steps: int = 40) -> list[str]:
    steps = []
    for _ in range(n_steps):
        a, b, c = rng.choices(NAMES, k=3)
        library, call = rng.choice(LIBRARY), rng.choice(CALLS)
        steps.append(
            rng.choice(
                (
                    f"{a} = {library}.{call}({b}, {c})",
                    f"for {a} in {b}:\n    {c} = {library}.{call}({a})",
                    f"if {a} > {rng.random():.2f}:\n    {b} = {c}.{call}({rng.randint(1, 99)})",
                    f"{a} = [{library}.{call}({b}) for {b} in {c}]",
                )
            )
        )
    return steps


def copy(steps: list[str], level: str, rng: random.Random) -> list[str]:
    words = {name: f"v{rng.randint(0, 9999)}" for name in NAMES}
    renamed = [re.sub(r"\b(" + "|".join(NAMES) + r")\b", lambda m: words[m.group()], s) for s in steps]
    if level == "reordered, dead code":
        blocks = [renamed[i : i + 3] for i in range(0, len(renamed), 3)]
        rng.shuffle(blocks)
        return [line for block in blocks for line in (*block, f"unused{rng.randint(0, 99)} = {rng.randint(0, 99)}")]
    if level == "40% paste":
        start, host = rng.randrange(len(steps) // 2), program(rng, 24)
        return [*host[:12], *renamed[start : start + 16], *host[12:]]
    return renamed


def average_precision(ranked: list[tuple[str, str]], truth: set[tuple[str, str]]) -> float:
    hits, total = 0, 0.0
    for position, pair in enumerate(ranked, start=1):
        if pair in truth:
            hits += 1
            total += hits / position
    return total / len(truth)


def by_copydetect(corpus: dict[str, bytes]) -> list[tuple[str, str]]:
    from copydetect import CodeFingerprint, compare_files

    prints = {k: CodeFingerprint(k, 25, 1, fp=io.StringIO(v.decode()), language="python") for k, v in corpus.items()}
    keys = sorted(prints)
    scored = [
        (-sum(map(float, compare_files(prints[a], prints[b])[1])) / 2, (a, b))
        for i, a in enumerate(keys)
        for b in keys[i + 1 :]
    ]
    return [pair for _, pair in sorted(scored)]


def main() -> None:
    print(f"{'copies':24}{'ours':>8}{'copydetect':>12}{'flagged':>9}{'false':>7}   (80 programs, 8 copies)")
    for level in ("renamed", "reordered, dead code", "40% paste"):
        rng = random.Random(7)
        programs = [program(rng) for _ in range(80)]
        corpus = {f"{i:04}": "\n".join(steps).encode() for i, steps in enumerate(programs)}
        truth = set()
        for i in range(8):
            corpus[f"{i + 1000:04}"] = "\n".join(copy(programs[i], level, rng)).encode()
            truth.add((f"{i:04}", f"{i + 1000:04}"))
        report = compare({key: {"main.py": data} for key, data in corpus.items()})
        ours = average_precision([(p.a, p.b) for p in report.pairs], truth)
        theirs = average_precision(by_copydetect(corpus), truth)
        flagged = [(p.a, p.b) for p in report.pairs if p.similarity >= 0.5]
        n_false = sum(pair not in truth for pair in flagged)
        print(f"{level:24}{ours:8.3f}{theirs:12.3f}{len(flagged):9}{n_false:7}")
    for n in (100, 1000):
        rng = random.Random(n)
        sources = {str(i): {"main.py": "\n".join(program(rng)).encode()} for i in range(n)}
        began = time.perf_counter()
        compare(sources)
        print(f"{n} submissions: {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
