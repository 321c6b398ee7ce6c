"""What two attacks on a public board gain: without anything, with rounded scores, and with the Ladder.

    .venv/bin/python benchmarks/ladder.py [--rows 1000] [--submissions 400] [--seeds 5]

*Boosting* (Blum & Hardt 2015, section 1): submit random guesses and keep the vote of those that the board says are better than
chance. *Flipping*: change a few rows at a time and keep what the board says is better. *Reading* (Whitehill 2018): take the log
losses of confidences that are powers of two apart and work out the labels. A gain is the attacker's accuracy on the
public rows above its start, at the end of all submissions; on the private rows it is always nothing. *Shown* is what the board
shows of it. Takes a few seconds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parents[1]))

from grader.ladder import Handed, releases
from grader.metrics import get_metric
from grader.resolution import resolved

Rows = npt.NDArray[np.int64]
BOARDS = ("exact", "rounded", "ladder")


class Board:
    """A participant's view of the public board: `submit` answers with what it shows."""

    def __init__(self, truth: Rows, kind: str) -> None:
        self.truth, self.kind = truth, kind
        self.metric = get_metric("accuracy")
        self.handed: list[Rows] = []
        self.best: tuple[int, float] | None = None

    def submit(self, guess: Rows) -> float:
        score = float((guess == self.truth).mean())
        if self.kind == "exact":
            return score
        if self.kind == "rounded":
            return resolved(score, metric=self.metric, n_rows=len(self.truth))
        self.handed.append(guess.copy())
        steps = [self.best] if self.best else []
        entries = [Handed(key=key, score=exact) for key, exact in [*steps, (len(self.handed) - 1, score)]]
        last = releases(entries, metric=self.metric, n_rows=len(self.truth), error=self._error)[-1]
        if last.is_step:
            self.best = (last.key, score)
        return last.score

    def _error(self, one: int, best: int) -> float:
        right = [(self.handed[key] == self.truth).astype(float) for key in (one, best)]
        return float((right[0] - right[1]).std() / len(self.truth) ** 0.5)


def boosting(board: Board, n: int, rng: np.random.Generator) -> tuple[float, float]:
    """The gain in accuracy, and what the board shows of it."""
    votes = np.zeros(len(board.truth), dtype=np.int64)
    for _ in range(n - 1):
        guess = rng.integers(0, 2, len(board.truth))
        votes += (2 * guess - 1) * (1 if board.submit(guess) > 0.5 else -1)
    final = np.where(votes > 0, 1, np.where(votes < 0, 0, rng.integers(0, 2, len(votes))))
    return float((final == board.truth).mean()) - 0.5, board.submit(final) - 0.5


def flipping(board: Board, n: int, rng: np.random.Generator, *, size: int = 1) -> tuple[float, float]:
    """Other rows each time, as long as there are some."""
    guess = rng.integers(0, 2, len(board.truth))
    start = float((guess == board.truth).mean())
    shown = first = board.submit(guess)
    order = rng.permutation(len(guess))
    for turn in range(n - 1):
        rows = np.take(order, range(turn * size, (turn + 1) * size), mode="wrap")
        tried = guess.copy()
        tried[rows] ^= 1
        if (after := board.submit(tried)) > shown:
            guess, shown = tried, after
    return float((guess == board.truth).mean()) - start, shown - first


def read_by_log_loss(n_rows: int, asked: int, *, is_rounded: bool, rng: np.random.Generator) -> float:
    """The share of `asked` labels that one log loss tells beyond guessing, by going through all of them."""
    odds = np.zeros(n_rows)
    odds[:asked] = n_rows * 1e-5 * 2.0 ** np.arange(asked)
    truth = rng.integers(0, 2, asked)
    metric = get_metric("log_loss")

    def loss(labels: Rows) -> float:
        signs = np.where(labels == 1, -1.0, 1.0)
        exact = (np.logaddexp(0, signs * odds[:asked]).sum() + (n_rows - asked) * np.log(2)) / n_rows
        return resolved(exact, metric=metric, n_rows=n_rows) if is_rounded else float(exact)

    answer = loss(truth)
    every = (np.arange(2**asked)[:, None] >> np.arange(asked)) & 1
    fitting = np.array([labels for labels in every if abs(loss(labels) - answer) < 1e-12])
    # for each row the likelier label among all that fit
    guess = (fitting.mean(axis=0) > 0.5).astype(int)
    return float((guess == truth).mean())


def gains(
    attack: Callable[..., tuple[float, float]], *, n_rows: int, n: int, seeds: Sequence[int]
) -> dict[str, list[float]]:
    """By board: the mean gain, and the mean of what is shown of it."""
    made: dict[str, list[float]] = {}
    for kind in BOARDS:
        rows = []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            rows.append(attack(Board(rng.integers(0, 2, n_rows), kind), n, rng))
        made[kind] = [statistics.mean(row[i] for row in rows) for i in (0, 1)]
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--submissions", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    seeds = range(asked.seeds)
    attacks: dict[str, Callable[..., tuple[float, float]]] = {
        "boosting": boosting,
        "flipping 1 row": flipping,
        "flipping 5 rows": lambda board, n, rng: flipping(board, n, rng, size=5),
    }
    print(f"{asked.rows} public rows, {asked.submissions} submissions, mean of {asked.seeds} runs")
    print(f"{'attack':<18}" + "".join(f"{f'{kind}: gain':>16}{'shown':>9}" for kind in BOARDS))
    for name, attack in attacks.items():
        made = gains(attack, n_rows=asked.rows, n=asked.submissions, seeds=seeds)
        print(f"{name:<18}" + "".join(f"{100 * made[k][0]:>14.1f} %{100 * made[k][1]:>7.1f} %" for k in BOARDS))
    print("\nlabels of 10 rows right after one log loss (5 by guessing):")
    for is_rounded in (False, True):
        share = statistics.mean(
            read_by_log_loss(asked.rows, 10, is_rounded=is_rounded, rng=np.random.default_rng(s)) for s in range(20)
        )
        print(f"  {'rounded' if is_rounded else 'exact':<8} {10 * share:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
