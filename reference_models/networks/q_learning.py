"""Q-learning: an agent that finds the best steps by trying, without knowing the chances.

Idea: Q(s, a) is what action a in state s brings in the end. After each step that led to s' and brought r, move
Q(s, a) by a share of r + g max_a' Q(s', a') - Q(s, a), the surprise. The agent mostly takes what looks best and
sometimes anything (epsilon-greedy), or it would never learn what it doesn't try. If each pair is tried for ever and its
share falls as n^-0.7, Q comes to the best values. The table of chances serves as the world only: the agent sees samples.
Source: Watkins & Dayan, Q-learning, Machine Learning 8 (1992). Seeded by ARENA_SEED.
Score: dungeon: 0.960 ± 0.025.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

DISCOUNT = 0.95


class World:
    """A sampler of the table's transitions: state, action, next_state, probability, reward, is_end."""

    def __init__(self, table: pd.DataFrame, rng: np.random.Generator) -> None:
        self.rng, self.starts = rng, sorted(table["state"].unique().tolist())
        self.n_actions, self.n_states = (
            int(table["action"].max()) + 1,
            int(table[["state", "next_state"]].max().max()) + 1,
        )
        columns = ["next_state", "probability", "reward", "is_end"]
        self.rows = {key: rows[columns].to_numpy() for key, rows in table.groupby(["state", "action"])}

    def step(self, state: int, action: int) -> tuple[int, float, bool]:
        """Where the step led, what it brought, and whether that was the end."""
        rows = self.rows[state, action]
        drawn = np.searchsorted(rows[:, 1].cumsum(), self.rng.random())
        next_state, _, reward, is_end = rows[min(drawn, len(rows) - 1)]
        return int(next_state), float(reward), bool(is_end)


class QLearner:
    """`fit(world)`; `q_` is `(n_states, n_actions)`, `returns_` what each walk brought in all."""

    def __init__(self, n_steps: int = 150_000, epsilon: float = 0.3, seed: int = 0) -> None:
        self.n_steps, self.epsilon, self.seed = n_steps, epsilon, seed

    def fit(self, world: World) -> QLearner:
        rng = np.random.default_rng(self.seed)
        self.q_, tries = np.zeros((world.n_states, world.n_actions)), np.zeros((world.n_states, world.n_actions))
        self.returns_, total, length = [], 0.0, 0
        state = world.starts[0]
        for _ in range(self.n_steps):
            explores = rng.random() < self.epsilon
            action = int(rng.integers(world.n_actions)) if explores else int(self.q_[state].argmax())
            following, reward, is_end = world.step(state, action)
            tries[state, action] += 1
            future = 0.0 if is_end else DISCOUNT * self.q_[following].max()
            self.q_[state, action] += (reward + future - self.q_[state, action]) / tries[state, action] ** 0.7
            total, length, state = total + reward, length + 1, following
            if is_end or length == 100:  # the next walk starts anywhere, so that every corner is learnt
                self.returns_.append(total)
                total, length, state = 0.0, 0, int(rng.choice(world.starts))
        return self

    def predict(self, states: np.ndarray) -> np.ndarray:
        """The best action for each state."""
        return self.q_[states].argmax(axis=1)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def picture(path: str) -> None:
    """What the walks bring, as the agent learns (a running mean)."""
    import matplotlib.pyplot as plt

    returns = QLearner(60_000).fit(World(read("train"), np.random.default_rng(0))).returns_
    plt.figure(figsize=(4, 3))
    plt.plot(np.convolve(returns, np.ones(200) / 200, mode="valid"))
    plt.xlabel("walk")
    plt.ylabel("mean return of 200 walks")
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    seed = int(os.environ.get("ARENA_SEED", "0"))
    test = read("test")
    model = QLearner(seed=seed).fit(World(read("train"), np.random.default_rng(seed + 1)))
    labels = model.predict(test["state"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
