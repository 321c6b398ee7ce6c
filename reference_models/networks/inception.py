"""GoogLeNet and its inception blocks, at full size and scaled down.

Idea: which filter size is right? Take all of them: 1 x 1, 3 x 3, 5 x 5 and a max pooling side by side, their maps laid on
one pile. A 1 x 1 convolution before the wide filters first mixes many maps into few, which makes them affordable. Nine
blocks and no full layer but the last, since each map is averaged: 6,998,552 parameters, a twentieth of VGG's.
Two blocks read an 8 x 8 digit.
Source: Szegedy et al., Going deeper with convolutions, CVPR 2015 (table 1). Seeded by ARENA_SEED.
Score: digits: 0.989 ± 0.003.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn


def conv(n_in: int, n_out: int, side: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(n_in, n_out, side, stride, padding=side // 2), nn.ReLU())


class Inception(nn.Module):
    """Maps out: `one` + `three` + `five` + `pooled`; `mix3` and `mix5` are the 1 x 1 mixtures before the wide filters."""

    def __init__(self, n_in: int, one: int, mix3: int, three: int, mix5: int, five: int, pooled: int) -> None:
        super().__init__()
        self.paths = nn.ModuleList(
            [
                conv(n_in, one, 1),
                nn.Sequential(conv(n_in, mix3, 1), conv(mix3, three, 3)),
                nn.Sequential(conv(n_in, mix5, 1), conv(mix5, five, 5)),
                nn.Sequential(nn.MaxPool2d(3, 1, padding=1), conv(n_in, pooled, 1)),
            ]
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([path(x) for path in self.paths], dim=1)


def halve() -> nn.MaxPool2d:
    return nn.MaxPool2d(3, 2, ceil_mode=True)


def googlenet(n_classes: int = 1000) -> nn.Sequential:
    """The published network without its two auxiliary heads, for images `(n, 3, 224, 224)`."""
    return nn.Sequential(
        *(conv(3, 64, 7, 2), halve(), conv(64, 64, 1), conv(64, 192, 3), halve()),
        *(Inception(192, 64, 96, 128, 16, 32, 32), Inception(256, 128, 128, 192, 32, 96, 64), halve()),
        *(Inception(480, 192, 96, 208, 16, 48, 64), Inception(512, 160, 112, 224, 24, 64, 64)),
        *(Inception(512, 128, 128, 256, 24, 64, 64), Inception(512, 112, 144, 288, 32, 64, 64)),
        *(Inception(528, 256, 160, 320, 32, 128, 128), halve(), Inception(832, 256, 160, 320, 32, 128, 128)),
        *(Inception(832, 384, 192, 384, 48, 128, 128), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4)),
        nn.Linear(1024, n_classes),
    )


def small_googlenet(n_classes: int = 10) -> nn.Sequential:
    """Two blocks, for images `(n, 1, 8, 8)`."""
    return nn.Sequential(
        *(conv(1, 16, 3), nn.BatchNorm2d(16), Inception(16, 12, 8, 16, 4, 12, 8), halve(), nn.BatchNorm2d(48)),
        *(Inception(48, 24, 16, 32, 8, 24, 16), nn.BatchNorm2d(96), nn.AdaptiveAvgPool2d(2), nn.Flatten()),
        *(nn.Dropout(0.2), nn.Linear(96 * 4, n_classes)),
    )


def images(X: np.ndarray) -> torch.Tensor:
    """`(n, side * side)` numbers as `(n, 1, side, side)`, centred: for images that is scaling enough."""
    side = int(X.shape[1] ** 0.5)
    return torch.tensor(X, dtype=torch.float32).reshape(-1, 1, side, side) - 0.5


class GoogLeNet:
    """`fit(X, y)` with X `(n_samples, side * side)`, 0..1, and y `(n_samples,)`; `predict(X)` gives labels."""

    def __init__(self, epochs: int = 15, seed: int = 0) -> None:
        self.epochs, self.seed = epochs, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> GoogLeNet:
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        inputs, targets = images(X), torch.tensor(codes)
        self.net_ = small_googlenet(len(self.classes_))
        optimiser = torch.optim.Adam(self.net_.parameters())
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, 0.01, epochs=self.epochs, steps_per_epoch=-(-len(X) // 64)
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
    """Seven digits, and one map of each of the four paths of the first block."""
    import matplotlib.pyplot as plt

    train = read("train")
    model = GoogLeNet(epochs=5).fit(pixels(train), train["label"].to_numpy())
    with torch.no_grad():
        maps = [
            m for x in images(pixels(train)[:7]) for m in (x[0], *model.net_.eval()[:3](x[None])[0, [0, 12, 28, 40]])
        ]
    figure, axes = plt.subplots(5, 7, figsize=(7 * 0.8, 5 * 0.8))
    for axis, shown in zip(axes.flat, maps, strict=False):
        axis.imshow(shown, cmap="viridis")
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = GoogLeNet(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(pixels(train), train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(pixels(test))}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
