"""Optimisers and decays, written out: SGD, momentum, Adadelta, Adam; step, exponential and 1/t decay.

Idea: all walk against the slope g. SGD: w -= a g. Momentum: v = m v + g; w -= a v, so that zigzags cancel and slopes
that agree add up. Adadelta: each weight's step is g times the root mean square of its past steps over that of its past
slopes, so no rate has to be chosen. Adam: w -= a m / (sqrt(s) + e), with m and s the running means of g and g^2, freed
of their start at zero. The rate a falls with time: by half each few epochs (step), as e^-kt, or as 1 / (1 + kt).
Source: Polyak 1964; Zeiler 2012; Kingma & Ba, ICLR 2015. Seeded by ARENA_SEED.
Score: digits: 0.973 ± 0.003.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn


class Optimiser:
    """One step for each parameter that has a slope; `memory` is what a rule remembers of each, zeros at first."""

    memory: tuple[str, ...] = ()

    def __init__(self, parameters: Iterable[torch.Tensor], lr: float) -> None:
        self.lr, self.t = lr, 0
        self.parameters = [(p, {name: torch.zeros_like(p) for name in self.memory}) for p in parameters]

    @torch.no_grad()
    def step(self) -> None:
        self.t += 1
        for p, kept in self.parameters:
            p -= self.lr * self.move(p.grad, **kept)
            p.grad = None

    def move(self, g: torch.Tensor) -> torch.Tensor:
        return g


class SGD(Optimiser):
    """The slope itself."""


class Momentum(Optimiser):
    memory = ("v",)

    def move(self, g: torch.Tensor, v: torch.Tensor, m: float = 0.9) -> torch.Tensor:
        return v.mul_(m).add_(g)


class Adadelta(Optimiser):
    memory = ("slopes", "steps")

    def move(
        self, g: torch.Tensor, slopes: torch.Tensor, steps: torch.Tensor, rho: float = 0.9, e: float = 1e-6
    ) -> torch.Tensor:
        slopes.mul_(rho).add_((1 - rho) * g**2)
        step = torch.sqrt(steps + e) / torch.sqrt(slopes + e) * g
        steps.mul_(rho).add_((1 - rho) * step**2)
        return step


class Adam(Optimiser):
    memory = ("m", "s")

    def move(
        self, g: torch.Tensor, m: torch.Tensor, s: torch.Tensor, b1: float = 0.9, b2: float = 0.999, e: float = 1e-8
    ) -> torch.Tensor:
        m.mul_(b1).add_((1 - b1) * g)
        s.mul_(b2).add_((1 - b2) * g**2)
        return m / (1 - b1**self.t) / (torch.sqrt(s / (1 - b2**self.t)) + e)


OPTIMISERS = {"sgd": (SGD, 0.1), "momentum": (Momentum, 0.02), "adadelta": (Adadelta, 1.0), "adam": (Adam, 0.003)}
DECAYS: dict[str, Callable[[int], float]] = {
    "none": lambda epoch: 1.0,
    "step": lambda epoch: 0.5 ** (epoch // 10),
    "exponential": lambda epoch: math.exp(-0.07 * epoch),
    "inverse": lambda epoch: 1 / (1 + 0.2 * epoch),
}


class OptimisedMLP:
    """`fit(X, y)` with X `(n_samples, n_features)`; `losses_` holds each epoch's mean training loss."""

    def __init__(self, optimiser: str = "adam", decay: str = "exponential", epochs: int = 40, seed: int = 0) -> None:
        self.optimiser, self.decay, self.epochs, self.seed = optimiser, decay, epochs, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> OptimisedMLP:
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        inputs, targets = torch.tensor(X, dtype=torch.float32), torch.tensor(codes)
        self.net_ = nn.Sequential(nn.Linear(X.shape[1], 64), nn.ReLU(), nn.Linear(64, len(self.classes_)))
        kind, lr = OPTIMISERS[self.optimiser]
        optimiser, self.losses_ = kind(self.net_.parameters(), lr), []
        for epoch in range(self.epochs):
            optimiser.lr, total = lr * DECAYS[self.decay](epoch), 0.0
            for batch in torch.randperm(len(inputs)).split(32):
                loss = nn.functional.cross_entropy(self.net_(inputs[batch]), targets[batch])
                loss.backward()
                optimiser.step()
                total += loss.item() * len(batch)
            self.losses_.append(total / len(inputs))
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return self.classes_[self.net_(torch.tensor(X, dtype=torch.float32)).argmax(dim=1).numpy()]


def tables() -> tuple[np.ndarray, np.ndarray, np.ndarray, pd.Series]:
    """Training features (standardised), training labels, test features, test ids."""
    data = Path(os.environ.get("DATA_DIR", "data"))
    train, test = (pd.read_csv(data / f"{name}.csv", dtype={"id": str}) for name in ("train", "test"))
    columns = [c for c in test.columns if c != "id"]
    mean, spread = train[columns].mean(), train[columns].std().replace(0, 1)
    X, Q = (((frame[columns] - mean) / spread).to_numpy() for frame in (train, test))
    return X, train["label"].to_numpy(), Q, test["id"]


def picture(path: str) -> None:
    """Training loss by epoch, one curve for each rule."""
    import matplotlib.pyplot as plt

    X, y, _, _ = tables()
    plt.figure(figsize=(4, 3))
    for name in OPTIMISERS:
        plt.semilogy(OptimisedMLP(name, epochs=20).fit(X, y).losses_, label=name)
    plt.xlabel("epoch")
    plt.ylabel("training loss")
    plt.legend(fontsize=8)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    X, y, Q, ids = tables()
    model = OptimisedMLP(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(X, y)
    pd.DataFrame({"id": ids, "label": model.predict(Q)}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
