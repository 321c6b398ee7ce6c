"""What a course accepts and what it does not: shared imports and data loading are nothing, a copied loop is."""

from plagiarism import compare

LOADING = """
import os
import numpy as np
import pandas as pd
import torch
from torch.utils.data import DataLoader, TensorDataset

train = pd.read_csv(os.path.join("data", "train.csv"))
test = pd.read_csv(os.path.join("data", "test.csv"))
X = train.drop(columns=["id", "label"]).values.astype(np.float32)
y = train["label"].values
"""
LOOP = """
def fit(model, loader, valid, epochs, rate):
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    criterion = torch.nn.CrossEntropyLoss()
    best, patience = 0.0, 0
    for epoch in range(epochs):
        model.train()
        running = 0.0
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            running += loss.item() * inputs.size(0)
        model.eval()
        hits = 0
        with torch.no_grad():
            for inputs, labels in valid:
                hits += (model(inputs).argmax(dim=1) == labels).sum().item()
        score = hits / len(valid.dataset)
        print(epoch, running / len(loader.dataset), score)
        if score > best:
            best, patience = score, 0
            torch.save(model.state_dict(), "best.pt")
        else:
            patience += 1
            if patience == 5:
                break
"""
RENAMED = LOOP
for _old, _new in {
    "fit(": "run_training(", "model": "net", "loader": "batches", "valid": "checks", "epochs": "rounds", "rate": "lr_",
    "optimizer": "opt", "criterion": "cost", "best": "top", "patience": "stale", "running": "acc_loss", "epoch": "turn",
    "inputs": "xb", "labels": "yb", "loss ": "err ", "loss.": "err.", "hits": "good", "score": "share",
}.items():  # fmt: skip
    RENAMED = RENAMED.replace(_old, _new)
RENAMED = RENAMED.replace("torch.opt.", "torch.optim.")
REST = [
    "from sklearn.svm import SVC\nm = SVC(C=4)\nm.fit(X, y)\nprint(m.score(X, y))\nnp.savetxt('o.csv', m.predict(X))\n",
    "from sklearn.ensemble import RandomForestClassifier\nforest = RandomForestClassifier(90)\nforest.fit(X[50:], y[50:])\nprint(forest.feature_importances_.argsort()[::-1][:5])\n",
    "def knn(a, b, q, k):\n    d = ((a - q) ** 2).sum(axis=1)\n    return np.bincount(b[np.argsort(d)[:k]]).argmax()\nprint([knn(X, y, row, 3) for row in test.values[:, 1:]])\n",
    "mean = X.mean(axis=0)\ncov = np.cov((X - mean).T)\nw, v = np.linalg.eigh(cov)\nZ = (X - mean) @ v[:, -10:]\nprint(w[::-1].cumsum() / w.sum(), Z.shape)\n",
    "class Tree:\n    def __init__(self, depth):\n        self.depth = depth\n    def gini(self, c):\n        p = np.bincount(c) / len(c)\n        return 1 - (p ** 2).sum()\n",
    "W = np.zeros((X.shape[1], 10))\nfor step in range(500):\n    z = X @ W\n    e = np.exp(z - z.max(1, keepdims=True))\n    p = e / e.sum(1, keepdims=True)\n    W -= 0.1 * X.T @ (p - np.eye(10)[y]) / len(X)\n",
]
OTHER_LOADING = "import csv\nX, y = [], []\nwith open('train.csv') as f:\n    for row in csv.DictReader(f):\n        y.append(int(row.pop('label')))\n        X.append(list(map(float, row.values())))\n"


def flagged(pool: dict[str, str]) -> set[tuple[str, str]]:
    pairs = compare({key: {"main.py": text.encode()} for key, text in pool.items()}).pairs
    return {(min(p.a, p.b), max(p.a, p.b)) for p in pairs if p.similarity >= 0.5}


def test_imports_and_loading_that_all_share_flag_nobody() -> None:
    assert flagged({f"s{n}": LOADING + rest for n, rest in enumerate(REST)}) == set()


def test_imports_and_loading_that_two_share_flag_nobody() -> None:
    pool = {f"s{n}": (LOADING if n < 2 else OTHER_LOADING) + rest for n, rest in enumerate(REST)}
    assert flagged(pool) == set()


def test_a_copied_training_loop_with_renamed_variables_is_flagged() -> None:
    pool = {f"s{n}": LOADING + rest for n, rest in enumerate(REST)}
    pool["s0"] += LOOP
    pool["s1"] = LOADING + RENAMED + REST[1]
    assert "zero_grad" in RENAMED and "optimizer" not in RENAMED
    assert flagged(pool) == {("s0", "s1")}
