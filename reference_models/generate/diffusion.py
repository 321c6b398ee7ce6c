"""Denoising diffusion: learn to take away a little noise, and start from nothing but noise.

Idea: forwards, x_t = sqrt(1 - b_t) x_t-1 + sqrt(b_t) e makes an image noisier step by step, and at once
x_t = sqrt(a_t) x_0 + sqrt(1 - a_t) e with a_t = prod (1 - b). A network that sees x_t, t and the name c learns to say e; the
loss is the plain squared error. Backwards, each step takes its guess out, x_t-1 = (x_t - b_t / sqrt(1 - a_t) e) /
sqrt(1 - b_t), and adds fresh noise of variance b_t (none in the end). Many easy steps make one hard one.
Source: Ho, Jain & Abbeel, Denoising diffusion probabilistic models, NeurIPS 2020. Seeded by ARENA_SEED.
Score: generation: 0.930 ± 0.020, distance 57.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

PIXELS = [f"pixel{i}" for i in range(64)]


class Denoiser(nn.Module):
    """The noise in `x` `(n, 64)` at step `t` `(n,)` for names `c` `(n, 10)`."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(64 + 10 + 16, width), nn.Linear(width + 10 + 16, width)
        self.out = nn.Linear(width, 64)
        self.register_buffer("waves", 2.0 ** -torch.arange(8) * 3)

    def forward(self, x: torch.Tensor, t: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
        turned = t[:, None] * self.waves
        told = torch.cat([c, turned.sin(), turned.cos()], dim=1)
        h = nn.functional.silu(self.first(torch.cat([x, told], dim=1)))
        h = h + nn.functional.silu(self.second(torch.cat([h, told], dim=1)))
        return self.out(h)


class Diffusion:
    """`fit(X, y)` with X `(n, 64)`, 0..1, y names 0..9; `sample(names)` gives images `(len(names), 64)`."""

    def __init__(self, n_steps: int = 60, width: int = 320, epochs: int = 350, seed: int = 0) -> None:
        self.n_steps, self.width, self.epochs, self.seed = n_steps, width, epochs, seed
        self.b = torch.linspace(1e-3, 0.2, n_steps)
        self.a = torch.cumprod(1 - self.b, dim=0)

    def noised(self, x: torch.Tensor, t: torch.Tensor, e: torch.Tensor) -> torch.Tensor:
        """x after steps 0..t at once."""
        return self.a[t].sqrt()[:, None] * x + (1 - self.a[t]).sqrt()[:, None] * e

    def fit(self, X: np.ndarray, y: np.ndarray) -> Diffusion:
        torch.manual_seed(self.seed)
        inputs, names = 2 * torch.tensor(X) - 1, nn.functional.one_hot(torch.tensor(y), 10).float()
        self.net_, self.losses_ = Denoiser(self.width), []
        optimiser = torch.optim.Adam(self.net_.parameters(), lr=2e-3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.epochs)
        for _ in range(self.epochs):
            total = 0.0
            for batch in torch.randperm(len(inputs)).split(128):
                t, e = torch.randint(self.n_steps, (len(batch),)), torch.randn(len(batch), 64)
                loss = ((self.net_(self.noised(inputs[batch], t, e), t, names[batch]) - e) ** 2).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                total += loss.item() * len(batch)
            schedule.step()
            self.losses_.append(total / len(inputs))
        return self

    @torch.no_grad()
    def sample(self, names: np.ndarray) -> np.ndarray:
        c = nn.functional.one_hot(torch.tensor(names), 10).float()
        x = torch.randn(len(names), 64)
        for t in range(self.n_steps - 1, -1, -1):
            e = self.net_(x, torch.full((len(x),), t), c)
            x = (x - self.b[t] / (1 - self.a[t]).sqrt() * e) / (1 - self.b[t]).sqrt()
            if t:
                x = x + self.b[t].sqrt() * torch.randn_like(x)
        return ((x + 1) / 2).clamp(0, 1).numpy()


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def pixels(table: pd.DataFrame) -> np.ndarray:
    return table[PIXELS].to_numpy(np.float32) / 16


def picture(path: str) -> None:
    """Five drawings of each digit."""
    import matplotlib.pyplot as plt

    train = read("train")
    model = Diffusion().fit(pixels(train), train["label"].to_numpy())
    drawn = model.sample(np.tile(np.arange(10), 5))
    figure, axes = plt.subplots(5, 10, figsize=(5, 2.6))
    for axis, image in zip(axes.flat, drawn, strict=True):
        axis.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        axis.axis("off")
    figure.tight_layout(pad=0.2)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = Diffusion(seed=int(os.environ.get("ARENA_SEED", "0")))
    drawn = model.fit(pixels(train), train["label"].to_numpy()).sample(test["digit"].to_numpy())
    table = pd.DataFrame((16 * drawn).round(1), columns=PIXELS)
    table.insert(0, "id", test["id"])
    table.to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
