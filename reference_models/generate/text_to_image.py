"""From text and noise to an image: a drawing machine that reads its order.

Idea: an image model is one function, f(text, z) = pixels: the text is cut into tokens, each token is a vector, their mean and
some random numbers z go through a network; the same text with another z gives another image of the same thing, and a z a
little further on a slightly changed one. Here it is trained by the energy score |f(t, z) - x| + |f(t, z') - x| - |f(t, z) - f(t, z')|: near the true image, but not always
the same; its mean is least when the drawings have the true distribution. No judge, no noise schedule.
Source: Gneiting & Raftery, JASA 102 (2007) for the score; Reed et al., ICML 2016 for the task. Seeded by ARENA_SEED.
Score: generation: 0.751 ± 0.022, distance 124.
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


NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ORDERS = ["draw a {}", "please draw the digit {}", "a handwritten {}", "write {} by hand", "the number {} please"]


def tokenize(text: str) -> list[str]:
    return text.lower().split()


class TextToImage:
    """`fit(X, y)` with X `(n, 64)`, 0..1, and names y; `draw(texts)` or `sample(digits)` give images `(n, 64)`."""

    def __init__(self, n_noise: int = 12, width: int = 256, epochs: int = 120, seed: int = 0) -> None:
        self.n_noise, self.width, self.epochs, self.seed = n_noise, width, epochs, seed
        words = {word for order in ORDERS for word in tokenize(order.format("")) if word}
        self.vocabulary = {word: i for i, word in enumerate(sorted({*words, *NAMES}))}

    def _order(self, digit: int) -> str:
        return ORDERS[int(torch.randint(len(ORDERS), ()))].format(NAMES[digit])

    def _pixels(self, texts: list[str], z: torch.Tensor) -> torch.Tensor:
        """Words that it never read are passed over."""
        codes = [[self.vocabulary[w] for w in tokenize(text) if w in self.vocabulary] for text in texts]
        starts = torch.tensor([0, *np.cumsum([len(c) for c in codes])[:-1]])
        told = self.words_(torch.tensor([code for c in codes for code in c], dtype=torch.long), starts)
        return self.net_(torch.cat([told, z], dim=1))

    def fit(self, X: np.ndarray, y: np.ndarray) -> TextToImage:
        torch.manual_seed(self.seed)
        inputs, w = torch.tensor(X), self.width
        self.words_ = nn.EmbeddingBag(len(self.vocabulary), 24, mode="mean")
        self.net_ = nn.Sequential(
            *(nn.Linear(24 + self.n_noise, w), nn.ReLU(), nn.Linear(w, w), nn.ReLU(), nn.Linear(w, 64), nn.Sigmoid())
        )
        optimiser = torch.optim.Adam([*self.words_.parameters(), *self.net_.parameters()], lr=2e-3)
        for _ in range(self.epochs):
            for batch in torch.randperm(len(inputs)).split(64):
                texts = [self._order(int(y[i])) for i in batch]
                first, second = (self._pixels(texts, torch.randn(len(batch), self.n_noise)) for _ in "ab")
                near = (first - inputs[batch]).norm(dim=1) + (second - inputs[batch]).norm(dim=1)
                loss = (near - (first - second).norm(dim=1)).mean()
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        return self

    @torch.no_grad()
    def draw(self, texts: list[str], z: torch.Tensor | None = None) -> np.ndarray:
        """z `(n, n_noise)` is drawn where none is given."""
        return self._pixels(texts, torch.randn(len(texts), self.n_noise) if z is None else z).numpy()

    def sample(self, digits: np.ndarray) -> np.ndarray:
        return self.draw([self._order(int(d)) for d in digits])


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def pixels(table: pd.DataFrame) -> np.ndarray:
    return table[PIXELS].to_numpy(np.float32) / 16


def picture(path: str) -> None:
    """Five orders, each drawn ten times on a straight walk from one z to another."""
    import matplotlib.pyplot as plt

    train = read("train")
    model = TextToImage(epochs=80).fit(pixels(train), train["label"].to_numpy())
    orders = [f"draw a {NAMES[digit]}" for digit in (0, 2, 3, 7, 9)]
    start, end = torch.randn(2, model.n_noise)
    walk = torch.stack([torch.lerp(start, end, step / 9) for step in range(10)])
    figure, axes = plt.subplots(5, 10, figsize=(6, 2.6))
    for row, order in zip(axes, orders, strict=True):
        for axis, image in zip(row, model.draw([order] * 10, walk), strict=True):
            axis.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
            axis.axis("off")
        row[0].set_title(f"“{order}”", fontsize=7, loc="left", pad=2)
    figure.tight_layout(pad=0.2)
    figure.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    model = TextToImage(seed=int(os.environ.get("ARENA_SEED", "0")))
    drawn = model.fit(pixels(train), train["label"].to_numpy()).sample(test["digit"].to_numpy())
    table = pd.DataFrame((16 * drawn).round(1), columns=PIXELS)
    table.insert(0, "id", test["id"])
    table.to_csv("submission.csv", index=False)


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
