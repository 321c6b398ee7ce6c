"""Recurrent networks, cells written out: a plain one and the LSTM, on texts letter by letter.

Idea: a state carries what was read. Plain: h = tanh(W [x, h] + b), whose slopes fade over many letters. LSTM: a second
state c is only multiplied by a forget gate and added to, c = f c + i g, and shown through an output gate, h = o tanh(c),
with f, i, o = sigmoid and g = tanh of W [x, h] + b; slopes pass along c unharmed. The last state names the text's class,
or every state guesses the next letter.
Source: Elman 1990; Hochreiter & Schmidhuber, Neural Computation 9 (1997); Gers et al. 2000. Seeded by ARENA_SEED.
Score: dialects: 0.849 ± 0.007; next_letter: 0.476 ± 0.015.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn


class Recurrent(nn.Module):
    """Embeds letter codes `(n, time)` (0 is padding), and gives the state after each, `(n, time, width)`."""

    def __init__(self, n_letters: int, width: int, cell: str) -> None:
        super().__init__()
        self.width, self.cell = width, cell
        self.letters = nn.Embedding(n_letters, width)
        self.gates = nn.Linear(2 * width, 4 * width if cell == "lstm" else width)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        inputs = self.letters(codes)
        h = c = inputs.new_zeros(len(codes), self.width)
        states = []
        for x in inputs.unbind(dim=1):
            a = self.gates(torch.cat([x, h], dim=1))
            if self.cell == "lstm":
                i, f, g, o = a.chunk(4, dim=1)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
            else:
                h = a.tanh()
            states.append(h)
        return torch.stack(states, dim=1)


class LetterModel:
    """`fit(texts, labels)` to classify, or `fit(texts)` to foretell: `predict(texts)` gives labels or next letters."""

    def __init__(self, cell: str = "lstm", width: int = 48, epochs: int = 12, seed: int = 0) -> None:
        self.cell, self.width, self.epochs, self.seed = cell, width, epochs, seed

    def _codes(self, texts: Sequence[str]) -> torch.Tensor:
        """Padded on the left, so that every text ends in the last column; unknown letters are 0."""
        longest = max(map(len, texts))
        return torch.tensor([[0] * (longest - len(t)) + [self.codes_.get(x, 0) for x in t] for t in texts])

    def fit(self, texts: Sequence[str], labels: np.ndarray | None = None) -> LetterModel:
        torch.manual_seed(self.seed)
        letters = sorted(set("".join(texts)))
        self.codes_ = {letter: i + 1 for i, letter in enumerate(letters)}
        inputs = self._codes(texts)
        if labels is None:  # each letter's target is the one after it; 0, padding, is never one
            self.classes_, inputs, targets = np.array(["", *letters]), inputs[:, :-1], inputs[:, 1:]
        else:
            self.classes_, codes = np.unique(labels, return_inverse=True)
            targets = torch.tensor(codes)
        self.net_ = Recurrent(len(letters) + 1, self.width, self.cell)
        self.out_ = nn.Linear(self.width, len(self.classes_))
        optimiser = torch.optim.Adam([*self.net_.parameters(), *self.out_.parameters()], lr=0.01)
        for _ in range(self.epochs):
            for batch in torch.randperm(len(inputs)).split(50):
                states = self.net_(inputs[batch])
                if labels is None:
                    scores, right = self.out_(states).flatten(0, 1), targets[batch].flatten()
                    loss = nn.functional.cross_entropy(scores, right, ignore_index=0)
                else:
                    loss = nn.functional.cross_entropy(self.out_(states[:, -1]), targets[batch])
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.net_.parameters(), 1.0)
                optimiser.step()
        return self

    @torch.no_grad()
    def predict(self, texts: Sequence[str]) -> np.ndarray:
        return self.classes_[self.out_(self.net_(self._codes(texts))[:, -1]).argmax(dim=1).numpy()]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(Path(os.environ.get("DATA_DIR", "data")) / f"{name}.csv", dtype={"id": str})


def picture(path: str) -> None:
    """How much the state after the last letter still moves with a letter read long before, for untrained cells."""
    import matplotlib.pyplot as plt

    plt.figure(figsize=(4, 3))
    for cell in ("plain", "lstm"):
        torch.manual_seed(0)
        net, codes = Recurrent(9, 48, cell), torch.randint(1, 9, (64, 40))
        embedded = net.letters(codes).detach().requires_grad_()
        net.letters = nn.Identity()
        net(embedded)[:, -1].square().sum().backward()
        plt.semilogy(range(39, -1, -1), embedded.grad.norm(dim=2).mean(dim=0), label=cell)
    plt.xlabel("letters ago")
    plt.ylabel("length of the slope")
    plt.legend(fontsize=8)
    plt.tight_layout()
    plt.savefig(path)


def main() -> None:
    torch.set_num_threads(1)
    train, test = read("train"), read("test")
    labels = train["label"].to_numpy() if "label" in train else None
    model = LetterModel(seed=int(os.environ.get("ARENA_SEED", "0"))).fit(train["text"].tolist(), labels)
    pd.DataFrame({"id": test["id"], "label": model.predict(test["text"].tolist())}).to_csv(
        "submission.csv", index=False
    )


if __name__ == "__main__":
    picture(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else main()
