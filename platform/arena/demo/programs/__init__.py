"""The programs that the demo's students hand in.

They vary as real ones do: models from a line of scikit-learn to code written by hand, comments in two languages, files
read in a dozen ways. `COMPETITION/NUMBER-NAME.txt` is student NUMBER's file NAME: the copies, and what fails, each for
another reason. The rest is composed of `blocks`: a way to read, a model and a way to write, under a person's own names.
The suffix keeps linters from correcting them.
"""

from __future__ import annotations

import random
from pathlib import Path
from string import Template

FOLDER = Path(__file__).parent
# copied from the first student by the second: renamed and reordered; pasted into a program of one's own
COPIES = {"digits": ((9, 21), (12, 33))}
# per competition: the kind of blocks, how many programs, the first student with one (a small course has few, so that it
# is judged soon) and how far to the next
COMPOSED = {"digits": ("tabular", 12, 25, 11), "tumours": ("tabular", 24, 24, 5), "dialects": ("text", 22, 23, 6)}
KEYS = ("d", "e", "X", "y", "Z", "ids", "m", "out")
NAMES = (
    ("train", "test", "X", "y", "X_test", "ids", "model", "pred"),
    ("df_train", "df_test", "x_train", "y_train", "x_test", "test_ids", "clf", "preds"),
    ("antrenare", "testare", "date", "etichete", "necunoscute", "chei", "clasificator", "raspunsuri"),
    ("known", "asked", "features", "target", "unseen", "keys", "estimator", "answers"),
    ("tr", "te", "Xtr", "ytr", "Xte", "idx", "learner", "guess"),
    ("table_a", "table_b", "train_x", "train_y", "query", "identifiers", "method", "labels_found"),
)


def programs_of(slug: str) -> dict[int, dict[str, bytes]]:
    """A competition's programs: student number -> file name -> content."""
    found: dict[int, dict[str, bytes]] = {}
    for path in sorted((FOLDER / slug).glob("*.txt")):
        number, _, name = path.name.removesuffix(".txt").partition("-")
        found.setdefault(int(number), {})[name] = path.read_bytes()
    if slug in COMPOSED:
        kind, n_programs, number, step = COMPOSED[slug]
        rng = random.Random(slug)  # noqa: S311 - a demo, no secret
        models = _blocks(kind)
        rng.shuffle(models)
        readers = [body for title, body in _blocks("readers") if title == kind]
        writers = [body for _, body in _blocks("writers")]
        for turn, (name, model) in enumerate(models[:n_programs]):
            while number in found:
                number += 1
            words = dict(zip(KEYS, NAMES[turn % len(NAMES)], strict=True))
            blocks = (readers[turn % len(readers)], model, writers[turn % len(writers)])
            found[number] = {name: _compose(blocks, words).encode()}
            number += step
    return found


def _blocks(file: str) -> list[tuple[str, str]]:
    """The blocks of a file as (title, text)."""
    parts = (FOLDER / "blocks" / f"{file}.txt").read_text(encoding="utf-8").split("#### ")[1:]
    return [(title, body) for title, _, body in (part.partition("\n") for part in parts)]


def _compose(blocks: tuple[str, ...], words: dict[str, str]) -> str:
    """One program: the imports of all blocks first, then their bodies with the person's names in them."""
    imports: list[str] = []
    bodies = []
    for block in blocks:
        lines = block.splitlines()
        imports += [line for line in lines if line.startswith(("import ", "from ")) and line not in imports]
        bodies.append("\n".join(line for line in lines if not line.startswith(("import ", "from "))))
    return Template("\n".join([*sorted(imports), "", *bodies, ""])).substitute(words)
