"""Hostile files: none crashes or holds the engine up, and each trick is named."""

import time

import pytest

from plagiarism import compare
from plagiarism.fingerprints import fingerprint
from plagiarism.reading import read

PLAIN = """
import numpy as np

def nearest(points, labels, query, k):
    distances = np.sqrt(((points - query) ** 2).sum(axis=1))
    order = np.argsort(distances)[:k]
    votes = {}
    for index in order:
        votes[labels[index]] = votes.get(labels[index], 0) + 1
    return max(votes, key=votes.get)

class Scaler:
    def fit(self, rows):
        self.low, self.high = rows.min(axis=0), rows.max(axis=0)
        return self
    def transform(self, rows):
        return np.clip((rows - self.low) / (self.high - self.low), 0.0, 1.0)

def confusion(truth, guess, n):
    table = np.zeros((n, n), dtype=int)
    np.add.at(table, (truth, guess), 1)
    return table / table.sum(axis=1, keepdims=True)
"""
OTHERS = [
    "import pandas as pd\nf = pd.read_csv('a.csv')\nprint(f.describe())\nf.groupby('x').mean().plot(kind='bar')\n",
    "class Stack:\n    def __init__(self):\n        self.s = []\n    def push(self, x):\n        self.s.append(x)\n    def pop(self):\n        return self.s.pop()\n",
    "n = 27\nwhile n != 1:\n    n = n // 2 if n % 2 == 0 else 3 * n + 1\n    print(n)\n",
    "from sklearn.svm import SVC\nm = SVC(C=3)\nm.fit(x, y)\nprint(m.score(u, v))\n",
]


def codes(data: bytes) -> tuple[str, ...]:
    return tuple(finding.code for finding in fingerprint({"m.py": data}).findings)


HOSTILE = {
    "a line of 10 MB": b"x = '" + b"a" * 10_000_000 + b"'",
    "10 MB of statements on a line": b"x=f(x);" * 1_400_000,
    "open brackets": b"(" * 200_000,
    "brackets": b"x=" + b"(" * 90_000 + b")" * 90_000,
    "sums": b"x = " + b"1+" * 50_000 + b"1",
    "attributes": b"x = a" + b".b" * 50_000,
    "calls": b"x = a" + b"()" * 50_000,
    "subscripts": b"x = a" + b"[0]" * 30_000,
    "elif": b"if a:\n  pass\n" + b"elif b:\n  pass\n" * 6_000,
    "nested if": b"".join(b" " * i + b"if a:\n" for i in range(500)),
    "nested functions": b"".join(b" " * i + b"def f():\n" for i in range(95)) + b" " * 95 + b"pass",
    "not": b"x = " + b"not " * 30_000 + b"1",
    "minus": b"x = " + b"-" * 200_000 + b"1",
    "lambda": b"x = " + b"lambda: " * 14_000 + b"1",
    "if else": b"x = " + b"1 if a else " * 9_000 + b"1",
    "f-string": b"x = f'" + b"{a}" * 39_000 + b"'",
    "open lines": b"x = (\n" * 15_000,
    "bad lines": b"def f(:\n" * 10_000,
    "random bytes": bytes(range(256)) * 1_000,
    "nothing": b"",
    "surrogates": b"x = '\xed\xa0\x80'\n",
    "an unknown coding": b"# coding: nonsense\nx = '\xff'\n",
    "a coding that is none": b"# coding: zlib\nx = '\xff'\n",
    "huge numbers": b"x = 1e99999\ny = 0x" + b"f" * 90_000,
    "a huge decimal number": b"x = " + b"9" * 90_000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_read_in_bounded_time(data: bytes) -> None:
    began = time.process_time()
    found = fingerprint({"m.py": data})
    assert time.process_time() - began < 8
    assert len(found.stream) <= 20_000


def test_ten_thousand_empty_files_do_not_crowd_out_the_one_that_matters() -> None:
    files = {f"{n:05}.py": b"" for n in range(10_000)} | {"z.py": PLAIN.encode()}
    found = fingerprint(files)
    assert len(found.stream) == len(fingerprint({"z.py": PLAIN.encode()}).stream)
    assert "too_many_files" in {finding.code for finding in found.findings}


def test_a_thousand_empty_submissions_are_compared() -> None:
    assert compare({str(n): {"m.py": b""} for n in range(1_000)}, processes=1).pairs == ()


DISGUISES = {
    "one bad byte": (PLAIN.encode() + b"# \xff\n", "odd_encoding"),
    "UTF-16": (PLAIN.encode("utf-16"), "odd_encoding"),
    "null bytes": (PLAIN.replace("np", "np\0", 1).replace("np\0", "np ").encode() + b"\0", "null_bytes"),
    "a syntax error": (PLAIN.encode() + b"\ndef broken(:\n    pass\n", "does_not_parse"),
    "zero-width characters": (PLAIN.replace("votes", "vo\u200btes").encode(), "invisible_characters"),
    "Cyrillic lookalikes": (PLAIN.replace("argsort", "\u0430rgs\u043ert").encode(), "lookalike_letters"),
    "fullwidth letters": (PLAIN.replace("argsort", "\uff41rgsort").encode(), "lookalike_letters"),
    "code in exec": (b"exec(" + repr(PLAIN).encode() + b")\n", "code_in_string"),
    "a long line": (PLAIN.encode() + b"data = '" + b"x" * 6_000 + b"'\n", "long_line"),
}


@pytest.mark.parametrize(("data", "code"), DISGUISES.values(), ids=DISGUISES.keys())
def test_the_trick_is_named_and_the_copy_found_all_the_same(data: bytes, code: str) -> None:
    assert code in codes(data)
    pool = {"original": PLAIN.encode(), "copy": data, **{f"o{n}": text.encode() for n, text in enumerate(OTHERS)}}
    first = compare({key: {"m.py": one} for key, one in pool.items()}).pairs[0]
    assert ({first.a, first.b}, first.similarity >= 0.5) == ({"original", "copy"}, True)


def test_running_text_as_code_is_named_even_where_the_text_is_made_up() -> None:
    assert codes(b"import base64\nexec(base64.b64decode(data))\n") == ("runs_text_as_code",)


def test_plain_programs_raise_no_suspicion() -> None:
    assert codes(PLAIN.encode()) == ()
    assert codes("# ăîșț: o notă în română\nmedia = sum(note) / len(note)\n".encode()) == ()
    assert codes("имя = 'тест'\nprint(имя)\n".encode()) == ()


def test_windows_line_ends_and_a_byte_order_mark_are_ordinary() -> None:
    assert read(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n").findings == ()


@pytest.mark.parametrize("pasted", ["return 1", "break", "for x in range(3):\n    continue"])
def test_a_pasted_end_of_a_function_or_loop_does_not_hide_what_stands_below(pasted: str) -> None:
    plain = fingerprint({"m.py": PLAIN.encode()})
    assert len(fingerprint({"m.py": f"{pasted}\n{PLAIN}".encode()}).stream) >= len(plain.stream)


def test_what_stands_below_the_return_of_a_function_never_runs_and_counts_for_nothing() -> None:
    texts = (b"def f(x):\n    return g(x)\n", b"def f(x):\n    return g(x)\n    h(x)\n")
    assert len({len(fingerprint({"m.py": text}).stream) for text in texts}) == 1


@pytest.mark.parametrize("line", ["x = [" + "1, " * 400_000 + "]", "y = " + "(" * 3000 + ")" * 3000])
def test_one_huge_line_does_not_hide_a_renamed_copy_of_the_rest(line: str) -> None:
    hidden = PLAIN.replace("votes", "table_").replace("distances", "far").replace("rows", "data")
    pool = {"a": PLAIN, "b": f"{hidden}\n{line}\n", **{f"o{n}": text for n, text in enumerate(OTHERS)}}
    first = compare({key: {"m.py": text.encode()} for key, text in pool.items()}).pairs[0]
    assert ({first.a, first.b}, first.similarity > 0.7) == ({"a", "b"}, True)
