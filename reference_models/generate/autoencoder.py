"""An autoencoder: an image squeezed through sixteen numbers and redrawn, under the course's losses and outputs.

Idea: encoder and decoder learn together to give back what went in; as the middle is narrow, it must hold what matters, and can
serve as features for others (here for nearest neighbours). What the output should be is a choice: a linear output with the
squared error may leave the range of grey levels, a sigmoid with the squared error can't but learns slowly where it is
flat, and a sigmoid with binary cross-entropy, which treats grey as a chance of ink, learns fast.
Source: Hinton & Salakhutdinov, Science 313 (2006); Adadelta: Zeiler 2012. Seeded by ARENA_SEED.
Score: digits: 0.974 ± 0.002.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

PIXELS = [f"pixel{i}" for i in range(64)]


PAIRS = ("linear_squared", "sigmoid_squared", "sigmoid_cross_entropy")


class Autoencoder:
    """`fit(X)` with X `(n, 64)`, 0..1; `encode(X)` is `(n, n_code)`, `redraw(X)` is `(n, 64)`; `pair` is of `PAIRS`."""

    def __init__(self, pair: str = "sigmoid_cross_entropy", n_code: int = 16, epochs: int = 60, seed: int = 0) -> None:
        self.pair, self.n_code, self.epochs, self.seed = pair, n_code, epochs, seed

    def fit(self, X: np.ndarray) -> Autoencoder:
        torch.manual_seed(self.seed)
        inputs, k = torch.tensor(X), self.n_code
        self.encoder_ = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, k))
        self.decoder_ = nn.Sequential(nn.Linear(k, 96), nn.ReLU(), nn.Linear(96, 64))
        optimiser = torch.optim.Adadelta([*self.encoder_.parameters(), *self.decoder_.parameters()], lr=1.0)
        self.errors_ = []
        for _ in range(self.epochs):
            for batch in torch.randperm(len(inputs)).split(32):
                scores = self.decoder_(self.encoder_(inputs[batch]))
                if self.pair == "sigmoid_cross_entropy":
                    loss = nn.functional.binary_cross_entropy_with_logits(scores, inputs[batch])
                else:
                    loss = ((self._output(scores) - inputs[batch]) ** 2).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            self.errors_.append(float(((self.redraw(X) - X) ** 2).mean()))
        return self

    def _output(self, scores: torch.Tensor) -> torch.Tensor:
        return scores if self.pair == "linear_squared" else scores.sigmoid()

    @torch.no_grad()
    def encode(self, X: np.ndarray) -> np.ndarray:
        return self.encoder_(torch.tensor(X)).numpy()

    @torch.no_grad()
    def redraw(self, X: np.ndarray) -> np.ndarray:
        return self._output(self.decoder_(self.encoder_(torch.tensor(X)))).numpy()


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def pixels(table: pd.DataFrame) -> np.ndarray:
    return table[PIXELS].to_numpy(np.float32) / 16


def picture(path: str) -> None:
    """Digits (first row), redrawn from 16 numbers by the three pairs of output and loss."""
    import matplotlib.pyplot as plt

    train, test = read("train"), pixels(read("test"))[:10]
    rows = [test, *(Autoencoder(pair, epochs=40).fit(pixels(train)).redraw(test) for pair in PAIRS)]
    figure, axes = plt.subplots(4, 10, figsize=(5.4, 2.7))
    for axis, image in zip(axes.flat, np.concatenate(rows), strict=True):
        axis.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        axis.axis("off")
    for axis, name in zip(axes[:, 0], ("as they are", *PAIRS), strict=True):
        axis.set_title(name.replace("_", " "), fontsize=7, loc="left", pad=2)
    figure.tight_layout(pad=0.2)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = Autoencoder(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(pixels(train))
    codes = KNeighborsClassifier(3).fit(model.encode(pixels(train)), train["label"])
    labels = codes.predict(model.encode(pixels(test)))
    pd.DataFrame({"id": test["id"], "label": labels}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
