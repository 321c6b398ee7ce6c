"""AlexNet, at full size and scaled down to small images.

Idea: five convolutions with ReLU, three of them followed by overlapping max pooling, then three full layers with dropout.
The second, fourth and fifth convolution run in two groups, which once lived on two graphics cards. At full size,
227 x 227 pixels and 1000 classes, it has 60,965,224 parameters, nearly all in the full layers. For an 8 x 8 digit the
same order of layers remains, with 3 x 3 filters, narrower. The paper also moves its images about, which makes free new
examples that keep their names (data augmentation, `moves`); but of eight pixels one is much, and the same training then
reads 67% of the digits instead of 96%. (Local response normalisation, which the paper adds, has no parameters; batch
normalisation took its place since.)
Source: Krizhevsky, Sutskever & Hinton, NIPS 2012. Seeded by ARENA_SEED.
Score: digits: 0.960 ± 0.015.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn


def alexnet(n_classes: int = 1000) -> nn.Sequential:
    """The published network, for images `(n, 3, 227, 227)`."""
    return nn.Sequential(
        *(nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(96, 256, 5, padding=2, groups=2), nn.ReLU(), nn.LocalResponseNorm(5), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(256, 384, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(384, 384, 3, padding=1, groups=2), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()),
        *(nn.Dropout(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU()),
        nn.Linear(4096, n_classes),
    )


def small_alexnet(n_classes: int = 10, width: int = 24) -> nn.Sequential:
    """The same order of layers for images `(n, 1, 8, 8)`."""
    return nn.Sequential(
        *(nn.Conv2d(1, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)),
        *(nn.Conv2d(width, 2 * width, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)),
        *(nn.Conv2d(2 * width, 3 * width, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(3 * width, 3 * width, 3, padding=1, groups=2), nn.ReLU()),
        *(nn.Conv2d(3 * width, 2 * width, 3, padding=1, groups=2), nn.ReLU(), nn.Flatten()),
        *(nn.Dropout(0.25), nn.Linear(2 * width * 4, 128), nn.ReLU(), nn.Dropout(0.25), nn.Linear(128, 128), nn.ReLU()),
        nn.Linear(128, n_classes),
    )


def images(X: np.ndarray) -> torch.Tensor:
    """`(n, side * side)` numbers as `(n, 1, side, side)`, centred: for images that is scaling enough."""
    side = int(X.shape[1] ** 0.5)
    return torch.tensor(X, dtype=torch.float32).reshape(-1, 1, side, side) - 0.5


def moved(x: torch.Tensor) -> torch.Tensor:
    """The batch `(n, 1, side, side)` moved by at most one pixel each way, blank at the edges."""
    down, right = torch.randint(3, (2,)).tolist()
    wide = nn.functional.pad(x, (1, 1, 1, 1), value=-0.5)
    return wide[:, :, down : down + x.shape[2], right : right + x.shape[3]]


class AlexNet:
    """`fit(X, y)` with X `(n_samples, side * side)`, 0..1, and y `(n_samples,)`; `predict(X)` gives labels."""

    def __init__(self, epochs: int = 25, moves: bool = False, seed: int = 0) -> None:
        self.epochs, self.moves, self.seed = epochs, moves, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> AlexNet:
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        inputs, targets = images(X), torch.tensor(codes)
        self.net_ = small_alexnet(len(self.classes_))
        optimiser = torch.optim.Adam(self.net_.parameters())
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, 0.005, epochs=self.epochs, steps_per_epoch=-(-len(X) // 64)
        )
        self.net_.train()
        for _ in range(self.epochs):
            for batch in torch.randperm(len(inputs)).split(64):
                shown = moved(inputs[batch]) if self.moves else inputs[batch]
                optimiser.zero_grad()
                nn.functional.cross_entropy(self.net_(shown), targets[batch]).backward()
                optimiser.step()
                schedule.step()
        return self

    @torch.no_grad()
    def predict(self, X: np.ndarray) -> np.ndarray:
        self.net_.eval()
        return self.classes_[torch.cat([self.net_(part).argmax(dim=1) for part in images(X).split(256)]).numpy()]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def pixels(table: pd.DataFrame) -> np.ndarray:
    """The columns pixel0..., from 0 to 1 (UCI's digits go to 16, others' to 255)."""
    values = table[[c for c in table.columns if c.startswith("pixel")]].to_numpy(np.float32)
    return values / (16 if values.max() <= 16 else 255)


def picture(path: str) -> None:
    """Eight digits, and what three of the first filters find in each."""
    import matplotlib.pyplot as plt

    train = read("train")
    model = AlexNet(epochs=10).fit(pixels(train), train["label"].to_numpy())
    with torch.no_grad():
        maps = [m for x in images(pixels(train)[:8]) for m in (x[0], *model.net_[:2](x[None])[0, :3])]
    figure, axes = plt.subplots(4, 8, figsize=(8 * 0.8, 4 * 0.8))
    for axis, shown in zip(axes.flat, maps, strict=False):
        axis.imshow(shown, cmap="viridis")
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = AlexNet(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(pixels(train), train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(pixels(test))}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
