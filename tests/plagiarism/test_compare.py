import csv
from pathlib import Path

import pytest

from plagiarism import compare
from plagiarism.cli import main

ORIGINAL = b'''
import numpy as np

def nearest(points, labels, query, k=5):
    """Vote of the neighbours."""
    distances = np.sqrt(((points - query) ** 2).sum(axis=1))
    order = np.argsort(distances)[:k]
    votes = {}
    for index in order:
        votes[labels[index]] = votes.get(labels[index], 0) + 1
    best = None
    for label, count in votes.items():
        if best is None or count > best[1]:
            best = (label, count)
    return best[0]
'''
COPY = b"""
import numpy as np
# my own work
def guess(X, y, row, n=7):
    d = np.sqrt(((X - row) ** 2).sum(axis=1))   # how far
    top = np.argsort(d)[:n]
    table = {}
    for i in top:
        table[y[i]] = table.get(y[i], 0) + 1
    winner = None
    for name, amount in table.items():
        if winner is None or amount > winner[1]:
            winner = (name, amount)
    return winner[0]
"""
OTHERS = {
    "tree": b"from sklearn.tree import DecisionTreeClassifier\nimport pandas as pd\nt = pd.read_csv('a')\nm = DecisionTreeClassifier(max_depth=4)\nm.fit(t[['x']], t.y)\nprint(m.score(t[['x']], t.y))\n",
    "loop": b"total = 0\nwhile total < 100:\n    total += 7\n    if total % 3 == 0:\n        print('three', total)\n    else:\n        continue\n",
    "klass": b"class Stack:\n    def __init__(self):\n        self.items = []\n    def push(self, x):\n        self.items.append(x)\n    def pop(self):\n        return self.items.pop()\n",
}


def submissions() -> dict[str, dict[str, bytes]]:
    pool = {"ana": ORIGINAL, "bogdan": COPY, **OTHERS}
    return {name: {"main.py": data} for name, data in pool.items()}


def test_a_renamed_copy_is_first_and_flagged_and_nothing_else_is():
    report = compare(submissions())
    assert {report.pairs[0].a, report.pairs[0].b} == {"ana", "bogdan"}
    assert report.pairs[0].similarity >= 0.5
    assert all(pair.similarity < 0.5 for pair in report.pairs[1:])


@pytest.mark.parametrize("names", [("tree", "loop"), ("tree", "loop", "klass"), ("ana", "tree", "loop", "klass")])
def test_unrelated_programs_of_a_tiny_class_stay_far_below_the_threshold(names):
    pool = submissions()
    assert all(pair.similarity < 0.3 for pair in compare({name: pool[name] for name in names}).pairs)


def test_a_renamed_copy_is_flagged_when_nobody_else_handed_in():
    pool = submissions()
    assert compare({name: pool[name] for name in ("ana", "bogdan")}).pairs[0].similarity >= 0.5


def test_spans_name_the_copied_lines():
    span = compare(submissions()).pairs[0].spans[0]
    assert (span.file_a, span.file_b) == ("main.py", "main.py")
    assert span.start_a <= 8
    assert span.end_a >= 14


def test_starter_code_counts_for_nothing():
    pair = compare({"a": {"m.py": ORIGINAL}, "b": {"m.py": ORIGINAL}}, boilerplate=[ORIGINAL]).pairs
    assert pair == ()


def test_attempts_of_one_student_are_not_compared():
    files = {"first": {"m.py": ORIGINAL}, "second": {"m.py": COPY}, "other": {"m.py": COPY}}
    report = compare(files, students={"first": "ana", "second": "ana", "other": "bogdan"})
    assert {(p.a, p.b) for p in report.pairs} == {("first", "other"), ("second", "other")}


def test_a_key_of_both_the_submissions_and_the_archive_is_refused():
    with pytest.raises(ValueError, match="both"):
        compare({"a": {"m.py": COPY}}, archive={"a": {"m.py": ORIGINAL}})


def test_an_archive_is_compared_with_the_submissions_only():
    report = compare({"new": {"m.py": COPY}}, archive={"old1": {"m.py": ORIGINAL}, "old2": {"m.py": ORIGINAL}})
    assert {(p.a, p.b) for p in report.pairs} == {("new", "old1"), ("new", "old2")}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b"\xff\xfe\x00x",
        b"def f(:\n  x",
        "x = '\u200b'  # \u0430\n".encode(),
        b"(" * 5000,
        b"x = " + b"1+" * 50_000 + b"1",
        b"'" * 9999,
        b"-" * 200_000 + b"1",
    ],
)
def test_hostile_input_neither_crashes_nor_hangs(data):
    compare({"a": {"m.py": data}, "b": {"m.py": ORIGINAL}})


def test_the_command_writes_every_pair_and_a_report(tmp_path: Path, capsys):
    folder = tmp_path / "work"
    folder.mkdir()
    for name, files in submissions().items():
        (folder / f"{name}.py").write_bytes(files["main.py"])
    html = tmp_path / "report.html"
    assert main(["compare", str(folder), "--pairs", str(tmp_path / "p.csv"), "--html", str(html)]) == 0
    rows = list(csv.DictReader((tmp_path / "p.csv").read_text().splitlines()))
    assert (rows[0]["file_a"], rows[0]["file_b"]) == ("ana.py", "bogdan.py")
    assert "<script" not in html.read_text()
    assert main(["compare", str(tmp_path / "none"), "--pairs", "x"]) == 2
