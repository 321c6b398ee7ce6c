"""A Markov decision process solved by dynamic programming: value iteration and policy iteration.

Idea: in state s, action a leads to s' with probability P(s' | s, a) and brings r(s'); what comes later counts g < 1 as
much. The best values satisfy Bellman's V(s) = max_a sum_s' P(s' | s, a) (r(s') + g V(s')), with V = 0 past an end.
Value iteration repeats that equation until it holds; it errs at most g times as much each round. Policy iteration
solves the linear equations of the present policy, improves the policy greedily, and stops when nothing changes.
Source: Bellman 1957; Sutton & Barto, Reinforcement Learning (2018), chapter 4. Nothing is random.
Score: dungeon: 1.000.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

DISCOUNT = 0.95


class DecisionProcess:
    """`chances` `(n_states, n_actions, n_states)`, `rewards` `(n_states,)` on arrival, `ends` `(n_states,)` flags."""

    def __init__(self, chances: np.ndarray, rewards: np.ndarray, ends: np.ndarray, discount: float = DISCOUNT) -> None:
        self.chances, self.rewards, self.ends, self.discount = chances, rewards, ends, discount

    def gains(self, values: np.ndarray) -> np.ndarray:
        """What each action is worth in each state if all goes on with `values`, `(n_states, n_actions)`."""
        return self.chances @ (self.rewards + self.discount * np.where(self.ends, 0, values))

    def value_iteration(self, *, tol: float = 1e-10) -> tuple[np.ndarray, int]:
        """The best values, within `tol`, and how many rounds that took."""
        values, n_rounds = np.zeros(len(self.rewards)), 0
        while True:
            better, n_rounds = self.gains(values).max(axis=1), n_rounds + 1
            if np.abs(better - values).max() <= tol * (1 - self.discount):
                return better, n_rounds
            values = better

    def policy_iteration(self) -> tuple[np.ndarray, np.ndarray, int]:
        """The best values, an optimal policy `(n_states,)`, and how many rounds that took."""
        policy, n_rounds, states = np.zeros(len(self.rewards), int), 0, np.arange(len(self.rewards))
        while True:
            P, n_rounds = self.chances[states, policy], n_rounds + 1
            values = np.linalg.solve(np.eye(len(states)) - self.discount * P * ~self.ends, P @ self.rewards)
            gains = self.gains(values)
            # an action is changed for a better one only, never for its equal
            better = np.where(gains.max(axis=1) > gains[states, policy] + 1e-12, gains.argmax(axis=1), policy)
            if (better == policy).all():
                return values, policy, n_rounds
            policy = better


def read_process(table: pd.DataFrame) -> DecisionProcess:
    """From rows of state, action, next_state, probability, reward (on arrival), is_end (of next_state)."""
    n = int(table[["state", "next_state"]].to_numpy().max()) + 1
    chances, rewards, ends = np.zeros((n, int(table["action"].max()) + 1, n)), np.zeros(n), np.zeros(n, bool)
    chances[table["state"], table["action"], table["next_state"]] = table["probability"]
    rewards[table["next_state"]] = table["reward"]
    ends[table["next_state"]] = table["is_end"] == 1
    return DecisionProcess(chances, rewards, ends)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def picture(path: str) -> None:
    """The maze: values as shades, the best step as an arrow (0 up, 1 right, 2 down, 3 left)."""
    import matplotlib.pyplot as plt

    process = read_process(read("train"))
    values, policy, _ = process.policy_iteration()
    side = int(len(values) ** 0.5)
    plt.figure(figsize=(3.4, 3.2))
    plt.imshow(np.where(process.ends, process.rewards, values).reshape(side, side), cmap="RdYlGn", vmin=-1, vmax=1)
    for s in np.flatnonzero(~process.ends):
        plt.text(s % side, s // side, "↑→↓←"[policy[s]], ha="center", va="center")
    plt.axis("off")
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    test = read("test")
    _, policy, _ = read_process(read("train")).policy_iteration()
    pd.DataFrame({"id": test["id"], "label": policy[test["state"]]}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
