"""A vision transformer, written out: patches, layer normalisation, multi-head self- and cross-attention, residuals.

Idea: cut an image into patches, and a linear map makes each a vector (plus a learnt one for its place). Self-attention
lets every patch ask all others, in several heads that each look for something else; a residual adds the answer to what
was there, x + f(norm(x)). In the end one learnt question asks all patches at once (cross-attention, with a residual too)
and the answer is classified. Layer normalisation: g (x - mean(x)) / sqrt(var(x) + e) + b over each vector's own features.
Source: Dosovitskiy et al., ICLR 2021; Vaswani et al. 2017; Ba, Kiros & Hinton 2016. Seeded by ARENA_SEED.
Score: digits: 0.959 ± 0.013.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.g, self.b = nn.Parameter(torch.ones(d)), nn.Parameter(torch.zeros(d))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        away = x - x.mean(dim=-1, keepdim=True)
        return self.g * away / torch.sqrt((away**2).mean(dim=-1, keepdim=True) + 1e-5) + self.b


class Attention(nn.Module):
    """`n_heads` heads of width d / n_heads; `forward(x, y)` lets each x ask all y, and keeps `weights`."""

    def __init__(self, d: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query, self.key, self.value, self.out = (nn.Linear(d, d) for _ in range(4))

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        q, k, v = (
            part.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
            for part in (self.query(x), self.key(y), self.value(y))
        )
        self.weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(dim=-1)
        return self.out((self.weights @ v).transpose(1, 2).flatten(-2))


class Block(nn.Module):
    def __init__(self, d: int, n_heads: int) -> None:
        super().__init__()
        self.attention, self.norms = Attention(d, n_heads), nn.ModuleList([LayerNorm(d), LayerNorm(d)])
        self.think = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        normed = self.norms[0](x)
        x = x + self.attention(normed, normed)
        return x + self.think(self.norms[1](x))


class VisionTransformer(nn.Module):
    """From images `(n, side * side)` to scores `(n, n_classes)`."""

    def __init__(
        self, side: int, n_classes: int, patch: int = 2, d: int = 32, n_heads: int = 4, depth: int = 2
    ) -> None:
        super().__init__()
        self.side, self.patch = side, patch
        self.embed = nn.Linear(patch * patch, d)
        self.places = nn.Parameter(torch.randn((side // patch) ** 2, d) * 0.02)
        self.blocks = nn.Sequential(*(Block(d, n_heads) for _ in range(depth)))
        self.question, self.ask = nn.Parameter(torch.randn(1, 1, d) * 0.02), Attention(d, n_heads)
        self.norm, self.out = LayerNorm(d), nn.Linear(d, n_classes)

    def patches(self, x: torch.Tensor) -> torch.Tensor:
        """`(n, n_patches, patch * patch)`."""
        grid = (
            x.reshape(len(x), self.side, self.side).unfold(1, self.patch, self.patch).unfold(2, self.patch, self.patch)
        )
        return grid.flatten(3).flatten(1, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = self.norm(self.blocks(self.embed(self.patches(x)) + self.places))
        asked = self.question.expand(len(x), 1, -1)
        return self.out((asked + self.ask(asked, seen))[:, 0])


class PatchClassifier:
    """`fit(X, y)` with X `(n, side * side)`, 0..1; `predict(X)` gives labels."""

    def __init__(self, epochs: int = 30, seed: int = 0) -> None:
        self.epochs, self.seed = epochs, seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> PatchClassifier:
        torch.manual_seed(self.seed)
        self.classes_, codes = np.unique(y, return_inverse=True)
        inputs, targets = torch.tensor(X, dtype=torch.float32), torch.tensor(codes)
        self.net_ = VisionTransformer(int(X.shape[1] ** 0.5), len(self.classes_))
        optimiser = torch.optim.AdamW(self.net_.parameters(), weight_decay=0.05)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, self.epochs * -(-len(X) // 64))
        for _ in range(self.epochs):
            for batch in torch.randperm(len(inputs)).split(64):
                optimiser.zero_grad()
                nn.functional.cross_entropy(self.net_(inputs[batch]), targets[batch]).backward()
                optimiser.step()
                schedule.step()
        return self

    @torch.no_grad()
    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.classes_[self.net_(torch.tensor(X, dtype=torch.float32)).argmax(dim=1).numpy()]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def pixels(table: pd.DataFrame) -> np.ndarray:
    return table[[f"pixel{i}" for i in range(64)]].to_numpy(np.float32) / 16


def picture(path: str) -> None:
    """Eight digits, and where the last question looks in each."""
    import matplotlib.pyplot as plt

    X, y = pixels(read("train")), read("train")["label"].to_numpy()
    model = PatchClassifier(epochs=15).fit(X, y)
    model.predict(X[:8])
    looks = model.net_.ask.weights.mean(dim=1).reshape(8, 4, 4).detach()
    figure, axes = plt.subplots(2, 8, figsize=(6, 1.7))
    for i in range(8):
        axes[0, i].imshow(X[i].reshape(8, 8), cmap="gray_r")
        axes[1, i].imshow(looks[i], cmap="magma")
    for axis in axes.flat:
        axis.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = PatchClassifier(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(pixels(train), train["label"].to_numpy())
    pd.DataFrame({"id": test["id"], "label": model.predict(pixels(test))}).to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
