"""ResNet: layers that learn what to add to their input, at full size and scaled down.

Idea: y = x + f(x). A block that has nothing to say learns f = 0, and slopes flow backwards through the sum unhindered,
so a hundred layers train as ten do. f is two 3 x 3 convolutions with batch normalisation, or in the deepest networks a
bottleneck, 1 x 1 to few maps, 3 x 3, 1 x 1 back to many; where the side halves and the maps double, a 1 x 1 convolution
brings x into shape. At full size, 224 x 224 pixels and 1000 classes, 34 layers hold 21,797,672 parameters and 152 with
bottlenecks 60,192,808. Three stages of one block read an 8 x 8 digit.
Source: He, Zhang, Ren & Sun, Deep residual learning, CVPR 2016. Seeded by ARENA_SEED.
Score: digits: 0.989 ± 0.002.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn


def conv(n_in: int, n_out: int, side: int, stride: int = 1) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(n_in, n_out, side, stride, padding=side // 2, bias=False), nn.BatchNorm2d(n_out)


class Block(nn.Module):
    """x + f(x), with `stride` 2 where the side halves; `narrow` maps in a bottleneck, 0 for none; `plain` is f(x) alone."""

    def __init__(self, n_in: int, n_out: int, stride: int, narrow: int = 0, plain: bool = False) -> None:
        super().__init__()
        if narrow:
            piles = [conv(n_in, narrow, 1), conv(narrow, narrow, 3, stride), conv(narrow, n_out, 1)]
        else:
            piles = [conv(n_in, n_out, 3, stride), conv(n_out, n_out, 3)]
        self.learnt = nn.Sequential(*[layer for pile in piles for layer in (*pile, nn.ReLU())][:-1])
        changes = stride > 1 or n_in != n_out
        self.shortcut = nn.Sequential(*conv(n_in, n_out, 1, stride)) if changes else nn.Identity()
        self.plain = plain

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.learnt(x) if self.plain else self.shortcut(x) + self.learnt(x))


def stages(width: int, depths: tuple[int, ...], *, bottleneck: bool = False, plain: bool = False) -> list[Block]:
    """`depths[i]` blocks of width * 2^i maps, or four times as many; each stage but the first halves the side."""
    blocks, n_in = [], width
    for i, depth in enumerate(depths):
        narrow, n_out = (width * 2**i, 4 * width * 2**i) if bottleneck else (0, width * 2**i)
        for j in range(depth):
            blocks.append(Block(n_in, n_out, 2 if i and not j else 1, narrow, plain))
            n_in = n_out
    return blocks


def resnet(depths: tuple[int, ...] = (3, 4, 6, 3), bottleneck: bool = False, n_classes: int = 1000) -> nn.Sequential:
    """For `(n, 3, 224, 224)`: 18 layers (2, 2, 2, 2), 34 (3, 4, 6, 3), with bottlenecks 50 (the same), 152 (3, 8, 36, 3)."""
    return nn.Sequential(
        *(*conv(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1), *stages(64, depths, bottleneck=bottleneck)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048 if bottleneck else 512, n_classes)),
    )


def small_resnet(
    depth: int = 1, n_classes: int = 10, width: int = 16, n_colours: int = 1, plain: bool = False
) -> nn.Sequential:
    """6 depth + 2 layers for small images, as the paper's section 4.2 has for 32 x 32."""
    return nn.Sequential(
        *(*conv(n_colours, width, 3), nn.ReLU(), *stages(width, (depth, depth, depth), plain=plain)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, n_classes)),
    )


def images(X: np.ndarray) -> torch.Tensor:
    """`(n, side * side)` numbers as `(n, 1, side, side)`, centred: for images that is scaling enough."""
    side = int(X.shape[1] ** 0.5)
    return torch.tensor(X, dtype=torch.float32).reshape(-1, 1, side, side) - 0.5


class ResNet:
    """`fit(X, y)` with X `(n_samples, side * side)`, 0..1, and y `(n_samples,)`; `predict(X)` gives labels."""

    def __init__(self, epochs: int = 12, depth: int = 1, plain: bool = False, seed: int = 0) -> None:
        self.epochs, self.depth, self.plain, self.seed = epochs, depth, plain, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> ResNet:
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        inputs, targets = images(X), torch.tensor(codes)
        self.net_, self.losses_ = small_resnet(self.depth, len(self.classes_), plain=self.plain), []
        optimiser = torch.optim.SGD(self.net_.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, 0.1, epochs=self.epochs, steps_per_epoch=-(-len(X) // 64)
        )
        self.net_.train()
        for _ in range(self.epochs):
            for batch in torch.randperm(len(inputs)).split(64):
                loss = nn.functional.cross_entropy(self.net_(inputs[batch]), targets[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                self.losses_.append(loss.item())
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
    """Training loss of 8 and of 44 layers, with the sums and without: depth helps only where the input passes by."""
    import matplotlib.pyplot as plt

    train = read("train")
    plt.figure(figsize=(4.4, 3))
    for depth, style in ((1, ":"), (7, "-")):
        for plain, colour in ((True, "tab:orange"), (False, "tab:blue")):
            model = ResNet(epochs=6, depth=depth, plain=plain).fit(pixels(train), train["label"].to_numpy())
            name = f"{6 * depth + 2} layers, {'plain' if plain else 'residual'}"
            plt.semilogy(np.convolve(model.losses_, np.ones(9) / 9, "valid"), style, c=colour, label=name)
    plt.xlabel("step")
    plt.ylabel("training loss")
    plt.legend(fontsize=8)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = ResNet(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(pixels(train), train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(pixels(test))}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
