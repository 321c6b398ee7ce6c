"""Quality per level, speed and memory of the plagiarism engine, beside copydetect in the same run.

    python benchmarks/plagiarism.py --real DIR [--seeds 101 102 103] [--levels L1 L4] [--rival] [--dolos DIR] [--sizes 100 1000]

`--real` names folders of unrelated scripts; without it only the invented assignment is measured. Weights were chosen
on seeds below 100; report on seeds from 101 on. `--dolos` names a folder in which `npm install @dodona/dolos-lib` was
run; Dolos works with its own defaults and is given the starter code as the file to ignore.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402
from plagiarism_corpora import Corpus, answer, real, real_sources, starter, task  # noqa: E402
from plagiarism_mutator import LEVELS  # noqa: E402

from plagiarism import compare  # noqa: E402
from plagiarism.compare import common_hashes, compare_prints  # noqa: E402
from plagiarism.fingerprints import fingerprint, fingerprint_all  # noqa: E402
from plagiarism.screening import Screen  # noqa: E402

Pair = tuple[str, str]


def average_precision(ranked: Sequence[Pair], truth: frozenset[Pair]) -> float:
    """Mean over the true pairs of the precision at each one's place; 0 for those never ranked."""
    hits, total = 0, 0.0
    for place, pair in enumerate(ranked, start=1):
        if pair in truth:
            hits += 1
            total += hits / place
    return total / len(truth)


def recall_at(ranked: Sequence[Pair], truth: frozenset[Pair], *, false_alarms: int) -> float:
    hits = misses = 0
    for pair in ranked:
        if pair in truth:
            hits += 1
        else:
            misses += 1
            if misses > false_alarms:
                break
    return hits / len(truth)


def ours(corpus: Corpus) -> list[tuple[float, Pair]]:
    sources = {key: {key: text.encode()} for key, text in corpus.sources.items()}
    boilerplate = [corpus.starter.encode()] if corpus.starter else []
    report = compare(sources, boilerplate=boilerplate, regions=False)
    return [(p.similarity, (min(p.a, p.b), max(p.a, p.b))) for p in report.pairs]


def copydetects(corpus: Corpus) -> list[tuple[float, Pair]]:
    from copydetect import CodeFingerprint, compare_files

    starters = [corpus.starter] if corpus.starter else []
    known = [
        np.array(sorted(CodeFingerprint("s", 25, 1, fp=io.StringIO(s), language="python").hashes)) for s in starters
    ]
    prints = {
        key: CodeFingerprint(key, 25, 1, boilerplate=known[0] if known else [], fp=io.StringIO(text), language="python")
        for key, text in corpus.sources.items()
    }
    keys = sorted(prints)
    scored = [
        (sum(map(float, compare_files(prints[a], prints[b])[1])) / 2, (a, b))
        for i, a in enumerate(keys)
        for b in keys[i + 1 :]
    ]
    return sorted(scored, key=lambda row: -row[0])


def doloses(corpus: Corpus, package: Path) -> list[tuple[float, Pair]]:
    """Dolos on the same texts, as files of a folder."""
    with tempfile.TemporaryDirectory(prefix="dolos-") as folder:
        keys = {str(Path(folder) / f"{n:05}.py"): key for n, key in enumerate(sorted(corpus.sources))}
        for path, key in keys.items():
            Path(path).write_text(corpus.sources[key], encoding="utf-8")
        script = Path(__file__).with_name("plagiarism_dolos.mjs")
        command = ["node", str(script), str(package.resolve()), "python"]
        if corpus.starter:
            starter = Path(folder) / "starter.txt"
            starter.write_text(corpus.starter, encoding="utf-8")
            command += ["--ignore", str(starter)]
        done = subprocess.run(command, input="\n".join(keys), capture_output=True, text=True, check=True, timeout=900)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    scored = [(float(score), (min(keys[a], keys[b]), max(keys[a], keys[b]))) for score, a, b in rows]
    return sorted(scored, key=lambda row: -row[0])


def measure(corpora: Sequence[Corpus], detector: object) -> str:
    """Means over the corpora: AP, recall at 0 and 10 false alarms, flagged copies and false flags."""
    rows = []
    for corpus in corpora:
        scored = detector(corpus)  # type: ignore[operator]
        ranked = [pair for _, pair in scored]
        flagged = [pair for score, pair in scored if score >= 0.5]
        n_true = sum(pair in corpus.truth for pair in flagged)
        rows.append(
            (
                average_precision(ranked, corpus.truth),
                recall_at(ranked, corpus.truth, false_alarms=0),
                recall_at(ranked, corpus.truth, false_alarms=10),
                n_true / len(corpus.truth),
                len(flagged) - n_true,
            )
        )
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    return "{:7.3f} {:7.3f} {:7.3f} {:8.2f} {:6.1f}".format(*means)


def quality(arguments: argparse.Namespace) -> None:
    sources = real_sources(arguments.real) if arguments.real else []
    kinds = (["real"] if sources else []) + ["task"]
    print(f"{'':22}{'AP':>7} {'R@0':>7} {'R@10':>7} {'flagged':>8} {'false':>6}")
    for kind in kinds:
        for level in arguments.levels:
            corpora = [
                real(sources, level=level, seed=seed) if kind == "real" else task(level=level, seed=seed)
                for seed in arguments.seeds
            ]
            print(f"{kind} {level} {'ours':14}{measure(corpora, ours)}", flush=True)
            if arguments.rival:
                print(f"{kind} {level} {'copydetect':14}{measure(corpora[:1], copydetects)}", flush=True)
            if arguments.dolos:
                dolos = measure(corpora[:1], lambda corpus: doloses(corpus, arguments.dolos))
                print(f"{kind} {level} {'Dolos':14}{dolos}", flush=True)


def processor_s() -> float:
    return sum(
        t.ru_utime + t.ru_stime for t in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def timed(label: str, work: Callable[[], Any]) -> Any:
    """Wall clock and processor time over all processes: on a busy machine only the latter says much."""
    wall, cpu = time.perf_counter(), processor_s()
    made = work()
    print(f"  {label:34}{time.perf_counter() - wall:8.2f} s  {processor_s() - cpu:8.2f} s of processors", flush=True)
    return made


def speed(n: int, *, rival: bool) -> None:
    print(f"N={n}")
    rng = random.Random(n)
    sources = {f"{i:05}": {"main.py": answer(rng).encode()} for i in range(n)}
    new = fingerprint({"main.py": answer(rng).encode()})
    known = common_hashes([starter().encode()])
    prints = timed("fingerprints, 2 processes", lambda: fingerprint_all(list(sources.values()), processes=2))
    stored = dict(zip(sources, prints, strict=True))
    timed("all pairs", lambda: compare_prints(stored, common=known, regions=False, processes=2))
    screen = Screen(stored, common=known, processes=2)
    timed("one new against all, 100 times", lambda: [screen.check("new", new) for _ in range(100)])
    print(f"  peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True)
    if rival and n <= 1000:
        corpus = Corpus(sources={k: f["main.py"].decode() for k, f in sources.items()}, truth=frozenset(), starter=None)
        timed("copydetect, fingerprints and pairs", lambda: copydetects(corpus))
        print(
            f"  peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB with copydetect's",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, nargs="*", default=[], metavar="DIR", help="folders of unrelated scripts")
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103])
    parser.add_argument("--levels", nargs="+", default=list(LEVELS), choices=LEVELS)
    parser.add_argument("--rival", action="store_true", help="measure copydetect too, on the first seed")
    parser.add_argument("--dolos", type=Path, metavar="DIR", help="measure Dolos too, installed in this folder")
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000], help="for speed; none to skip")
    arguments = parser.parse_args()
    if arguments.levels and arguments.seeds:
        quality(arguments)
    for n in arguments.sizes:
        speed(n, rival=arguments.rival)


if __name__ == "__main__":
    main()
