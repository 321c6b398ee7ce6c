"""LeNet-5 as it was published: convolutions share weights, so 60,000 numbers read handwriting.

Idea: six 5 x 5 filters slide over a 32 x 32 image; each 2 x 2 block of what they find is averaged, scaled and shifted;
sixteen filters follow, each looking at only some of the six maps (the table below), so that they can't all learn the
same; then three full layers. Sliding by s a filter of side f over side n, padded by p, gives (n - f + 2 p) / s + 1.
Smaller digits are enlarged. Instead of the original's distances to drawn templates, the last layer is a softmax.
Source: LeCun, Bottou, Bengio & Haffner, Proc. IEEE 86 (1998). Seeded by ARENA_SEED.
Score: digits: 0.975 ± 0.003.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

# which of the six maps each of the sixteen filters of the second convolution sees (the paper's table 1)
SEEN = [
    *([(i + j) % 6 for j in range(3)] for i in range(6)),
    *([(i + j) % 6 for j in range(4)] for i in range(6)),
    *([i % 6, (i + 1) % 6, (i + 3) % 6, (i + 4) % 6] for i in range(3)),
    [0, 1, 2, 3, 4, 5],
]


class Subsample(nn.Module):
    """The mean of each 2 x 2 block, with a scale and a shift for each map."""

    def __init__(self, n_maps: int) -> None:
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(n_maps, 1, 1)), nn.Parameter(torch.zeros(n_maps, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.avg_pool2d(x, 2) * self.scale + self.shift


class PartlyConnected(nn.Module):
    """A 5 x 5 convolution whose every filter sees the maps that `SEEN` names, and has no weights for the others."""

    def __init__(self) -> None:
        super().__init__()
        self.links = [(i, j) for i, maps in enumerate(SEEN) for j in maps]
        bound = (25 * 6) ** -0.5
        self.weight = nn.Parameter(torch.empty(len(self.links), 5, 5).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(len(SEEN)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        filters = self.weight.new_zeros(len(SEEN), 6, 5, 5)
        filters[tuple(zip(*self.links, strict=True))] = self.weight
        return nn.functional.conv2d(x, filters, self.bias)


def lenet(n_classes: int = 10) -> nn.Sequential:
    """For images `(n, 1, 32, 32)`; 60,000 parameters below the last layer."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.Tanh(), Subsample(6), nn.Tanh()),
        *(PartlyConnected(), nn.Tanh(), Subsample(16), nn.Tanh()),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh()),
        nn.Linear(84, n_classes),
    )


def images(X: np.ndarray) -> torch.Tensor:
    """`(n, side * side)` numbers as `(n, 1, 32, 32)`, enlarged and centred."""
    side = int(X.shape[1] ** 0.5)
    small = torch.tensor(X, dtype=torch.float32).reshape(-1, 1, side, side) - 0.5
    return nn.functional.interpolate(small, size=32, mode="bilinear")


class LeNet5:
    """`fit(X, y)` with X `(n_samples, side * side)`, 0..1, and y `(n_samples,)`; `predict(X)` gives labels."""

    def __init__(self, epochs: int = 10, seed: int = 0) -> None:
        self.epochs, self.seed = epochs, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> LeNet5:
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        inputs, targets = images(X), torch.tensor(codes)
        self.net_ = lenet(len(self.classes_))
        optimiser = torch.optim.Adam(self.net_.parameters())
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, 0.005, epochs=self.epochs, steps_per_epoch=-(-len(X) // 64)
        )
        self.net_.train()
        for _ in range(self.epochs):
            for batch in torch.randperm(len(inputs)).split(64):
                optimiser.zero_grad()
                nn.functional.cross_entropy(self.net_(inputs[batch]), targets[batch]).backward()
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
    """What the six first filters find in four digits."""
    import matplotlib.pyplot as plt

    train = read("train")
    model = LeNet5(epochs=4).fit(pixels(train), train["label"].to_numpy())
    with torch.no_grad():
        maps = [m for x in images(pixels(train)[:4]) for m in (x[0], *model.net_[:2](x[None])[0])]
    figure, axes = plt.subplots(4, 7, figsize=(7 * 0.8, 4 * 0.8))
    for axis, shown in zip(axes.flat, maps, strict=False):
        axis.imshow(shown, cmap="gray")
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = LeNet5(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(pixels(train), train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(pixels(test))}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
