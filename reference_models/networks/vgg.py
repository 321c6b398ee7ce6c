"""VGG: only 3 x 3 filters, in ever deeper piles.

Idea: two piled 3 x 3 filters see 5 x 5 pixels and three see 7 x 7, with fewer weights (27 against 49 a pair of maps) and
a ReLU after each. The maps double where max pooling halves the side. "D" of the paper has 16 layers with weights and
138,357,544 parameters at full size, 224 x 224 pixels and 1000 classes, of which 102,764,544 lie in one full layer.
A digit of 8 x 8 gets three short piles.
Source: Simonyan & Zisserman, Very deep convolutional networks, ICLR 2015. Seeded by ARENA_SEED.
Score: digits: 0.984 ± 0.003.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

# maps of each convolution, below zero with 1 x 1 filters; 0 is a max pooling: the paper's columns A (11 layers) to E (19)
PILES = {
    "A": [64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0],
    "B": [64, 64, 0, 128, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0],
    "C": [64, 64, 0, 128, 128, 0, 256, 256, -256, 0, 512, 512, -512, 0, 512, 512, -512, 0],
    "D": [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0],
    "E": [64, 64, 0, 128, 128, 0, *[256] * 4, 0, *[512] * 4, 0, *[512] * 4, 0],
    "small": [16, 16, 0, 32, 32, 0, 64, 64, 0],
}


def vgg(
    pile: str = "D", *, n_colours: int = 3, side: int = 224, full: int = 4096, n_classes: int = 1000, norm: bool = False
) -> nn.Sequential:
    """For images `(n, n_colours, side, side)`; `norm` adds batch normalisation, as deep piles need to learn fast."""
    layers: list[nn.Module] = []
    n_in = n_colours
    for maps in PILES[pile]:
        if n_out := abs(maps):
            layers.append(nn.Conv2d(n_in, n_out, 3, padding=1) if maps > 0 else nn.Conv2d(n_in, n_out, 1))
            layers += [nn.BatchNorm2d(n_out), nn.ReLU()] if norm else [nn.ReLU()]
            n_in = n_out
        else:
            layers.append(nn.MaxPool2d(2))
            side //= 2
    layers += [nn.Flatten(), nn.Linear(n_in * side * side, full), nn.ReLU(), nn.Dropout()]
    layers += [nn.Linear(full, full), nn.ReLU(), nn.Dropout(), nn.Linear(full, n_classes)]
    return nn.Sequential(*layers)


def images(X: np.ndarray) -> torch.Tensor:
    """`(n, side * side)` numbers as `(n, 1, side, side)`, centred: for images that is scaling enough."""
    side = int(X.shape[1] ** 0.5)
    return torch.tensor(X, dtype=torch.float32).reshape(-1, 1, side, side) - 0.5


class VGG:
    """`fit(X, y)` with X `(n_samples, side * side)`, 0..1, and y `(n_samples,)`; `predict(X)` gives labels."""

    def __init__(self, epochs: int = 12, seed: int = 0) -> None:
        self.epochs, self.seed = epochs, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> VGG:
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        inputs, targets = images(X), torch.tensor(codes)
        self.net_ = vgg(
            "small", n_colours=1, side=int(X.shape[1] ** 0.5), full=64, n_classes=len(self.classes_), norm=True
        )
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
    """Eight digits, and what three filters of the second layer find in each."""
    import matplotlib.pyplot as plt

    train = read("train")
    model = VGG(epochs=5).fit(pixels(train), train["label"].to_numpy())
    with torch.no_grad():
        maps = [m for x in images(pixels(train)[:8]) for m in (x[0], *model.net_.eval()[:6](x[None])[0, :3])]
    figure, axes = plt.subplots(4, 8, figsize=(8 * 0.8, 4 * 0.8))
    for axis, shown in zip(axes.flat, maps, strict=False):
        axis.imshow(shown, cmap="viridis")
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = VGG(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(pixels(train), train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(pixels(test))}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
