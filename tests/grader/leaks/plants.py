"""A competition made at random, without a leak, and the ways to plant one in it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

Rng = np.random.Generator


@dataclass(frozen=True)
class World:
    """Training and test tables, the solution, and whether the labels are classes; `files` beside them are the plant's."""

    train: pd.DataFrame
    test: pd.DataFrame
    solution: pd.DataFrame
    is_classes: bool
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def public(self) -> dict[str, bytes]:
        usual = self.train["label"].mode()[0]
        sample = self.solution[["id"]].assign(label=usual)
        tables = {"train.csv": self.train, "test.csv": self.test, "sample_submission.csv": sample}
        return {**{name: csv_of(table) for name, table in tables.items()}, **dict(self.files)}

    @property
    def labels(self) -> list[str]:
        return self.solution["label"].tolist()


def csv_of(table: pd.DataFrame, **options: object) -> bytes:
    return table.to_csv(index=False, **options).encode()


def world(rng: Rng, *, is_classes: bool) -> World:
    """Features of every kind; some of them go with the label, as features should."""
    n, k = int(rng.integers(150, 500)), int(rng.integers(2, 5))
    names = np.array(
        [["yes", "no", "maybe", "never"], ["0", "1", "2", "3"], ["cat", "dog", "bird", "ant"]][rng.integers(3)]
    )
    codes = rng.integers(0, k, n)
    label = names[codes] if is_classes else np.array([f"{10 * v:.4f}" for v in rng.normal(size=n)])
    value = codes.astype(float) if is_classes else label.astype(float) / 10
    columns: dict[str, object] = {"a": [f"{v:.3f}" for v in rng.normal(size=n) + value * rng.uniform(0, 3)]}
    for place in range(int(rng.integers(1, 6))):
        kind = rng.integers(4)
        good = (
            rng.choice(names, n)
            if not is_classes
            else np.where(rng.random(n) < rng.uniform(0.4, 0.85), label, names[0])
        )
        columns[f"x{place}"] = (
            [f"{v:.4f}" for v in rng.lognormal(size=n)], rng.integers(0, 90, n).astype(str), rng.choice(list("abcde"), n), good,
        )[kind]  # fmt: skip
    ids = rng.permutation(n) + 1
    style = rng.integers(3)
    texts = [(str(i), f"{i:06}", f"{i * 2654435761 % 2**32:08x}")[style] for i in ids]
    whole = pd.DataFrame({"id": texts, **columns, "label": label})
    test, train = whole.iloc[: n // 3], whole.iloc[n // 3 :]
    usage = np.where(rng.random(len(test)) < 0.4, "Public", "Private")
    usage[:2] = "Public", "Private"
    return World(train, test.drop(columns="label"), test[["id", "label"]].assign(Usage=usage), is_classes)


def pack(data: bytes, rng: Rng) -> tuple[str, bytes]:
    """In an archive or two, of any kind."""
    name = "notes.md"
    for _ in range(int(rng.integers(1, 4))):
        kind = ["zip", "gz", "bz2", "tar"][rng.integers(4)]
        if kind == "zip":
            whole = io.BytesIO()
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("readme.txt", "hello")
                archive.writestr(name, data)
            data = whole.getvalue()
        elif kind == "tar":
            whole = io.BytesIO()
            with tarfile.open(fileobj=whole, mode="w") as tar:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
            data = whole.getvalue()
        else:
            data = gzip.compress(data) if kind == "gz" else bz2.compress(data)
        name = f"{name}.{kind}"
    return name, data


def written(labels: list[str], rng: Rng) -> list[str]:
    """Numbers in another writing, words in other case."""
    try:
        values = [float(label) for label in labels]
    except ValueError:
        return [label.upper() for label in labels]
    style = rng.integers(3)
    return [(f"{v:.6e}", f"{v:.5f}".replace(".", ","), f"{v:+.4f}00")[style] for v in values]


def with_file(made: World, name: str, data: bytes) -> World:
    return replace(made, files=(*made.files, (name, data)))


def plant_solution(made: World, rng: Rng) -> World:
    return with_file(made, "readme.md", csv_of(made.solution))


def plant_packed(made: World, rng: Rng) -> World:
    return with_file(made, *pack(csv_of(made.solution.sample(frac=1, random_state=int(rng.integers(99)))), rng))


def plant_in_another_writing(made: World, rng: Rng) -> World:
    table = pd.DataFrame({"nr": made.solution["id"], "v": written(made.labels, rng)}).sample(frac=1, random_state=1)
    separator = ";\t|"[rng.integers(3)]
    text = table.to_csv(index=False, sep=separator, header=bool(rng.integers(2)))
    return with_file(made, "info.dat", text.encode(["utf-8", "utf-8-sig", "utf-16"][rng.integers(3)]))


def plant_sample(made: World, rng: Rng) -> World:
    return with_file(made, "sample_submission.csv", csv_of(made.solution[["id", "label"]]))


def plant_few_rows(made: World, rng: Rng) -> World:
    few = int(rng.integers(1, 6))
    told = made.test.iloc[:few].assign(label=made.solution["label"].iloc[:few])
    return replace(made, train=pd.concat([made.train, told], ignore_index=True))


def plant_column(made: World, rng: Rng) -> World:
    """Under another name and, for classes, with other names for them; for numbers, in another unit."""
    if made.is_classes:
        codes, names = pd.factorize(made.solution["label"])
        told = rng.permutation([f"t{i}" for i in range(len(names))])[codes]
    else:
        values = made.solution["label"].astype(float).to_numpy()
        told = (values * rng.uniform(0.1, 9) + 3, np.exp(values / 20), -(values**3))[rng.integers(3)]
    return replace(made, test=made.test.assign(code=told))


def plant_in_order(made: World, rng: Rng) -> World:
    """Labels alone, in the order of the test rows."""
    labels = made.labels
    values = written(labels, rng)
    array = io.BytesIO()
    np.save(array, np.array([hash(v) % 9973 for v in labels]) if made.is_classes else np.array(labels, dtype=float))
    ways = {
        "a.txt": "\n".join(values).encode(),
        "b.json": json.dumps(labels).encode(),
        "c.json": json.dumps([{"y": label} for label in labels]).encode(),
        "d.jsonl": "\n".join(json.dumps({"y": label, "z": 1}) for label in labels).encode(),
        "e.npy": array.getvalue() if not made.is_classes else "\n".join(labels).encode(),
    }
    name = list(ways)[rng.integers(len(ways))]
    return with_file(made, name, ways[name])


def plant_twins(made: World, rng: Rng) -> World:
    """Test rows among the training rows under new ids, a little changed."""
    part = made.test.assign(label=made.solution["label"]).sample(frac=float(rng.uniform(0.2, 1)), random_state=1)
    part = part.assign(id=[f"n{i}" for i in range(len(part))])
    part["a"] = [f"{float(v) + rng.normal() * 1e-6:.9f}" for v in part["a"]]
    return replace(made, train=pd.concat([made.train, part], ignore_index=True).sample(frac=1, random_state=2))


def plant_order(made: World, rng: Rng) -> World:
    """The test rows stand sorted by label."""
    key = made.solution["label"] if made.is_classes else made.solution["label"].astype(float)
    order = key.sort_values(kind="stable", ascending=bool(rng.integers(2))).index
    return replace(made, test=made.test.loc[order], solution=made.solution.loc[order])


def plant_ids(made: World, rng: Rng) -> World:
    """Ids given out in turn, class by class, or with the class in them."""
    n = len(made.solution)
    key = made.solution["label"] if made.is_classes else made.solution["label"].astype(float)
    ranks = key.rank(method="first").astype(int)
    codes = pd.Series(pd.factorize(made.solution["label"])[0], index=key.index)
    way = rng.integers(3) if made.is_classes else 0
    turns = list(zip(codes, rng.permutation(n), strict=True))
    if way == 0:
        ids = [f"{rank:05}" for rank in ranks]
    elif way == 1:
        ids = [f"{'ABCDEFGH'[code]}-{turn}" for code, turn in turns]
    else:
        ids = [str(5 * turn + code) for code, turn in turns]
    return replace(made, test=made.test.assign(id=ids), solution=made.solution.assign(id=ids))


PLANTS: dict[str, Callable[[World, Rng], World]] = {
    name.removeprefix("plant_"): plant for name, plant in list(globals().items()) if name.startswith("plant_")
}
