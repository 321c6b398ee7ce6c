"""One more submission against stored ones."""

from plagiarism.fingerprints import fingerprint
from plagiarism.screening import Screen

BODY = "\n".join(f"v{i} = call_{i}(v{max(i - 1, 0)}, {i})" for i in range(25))
OTHERS = {f"o{n}": "\n".join(f"x{i} = other_{n}_{i}(x{max(i - 1, 0)}) + {i}" for i in range(20)) for n in range(12)}


def screen() -> Screen:
    pool = {"old": BODY, **OTHERS}
    return Screen({key: fingerprint({"m.py": text.encode()}) for key, text in pool.items()})


def test_a_copy_of_an_archived_program_is_found_first() -> None:
    pairs = screen().check("new", fingerprint({"m.py": BODY.replace("v", "value_").encode()}))
    assert ((pairs[0].a, pairs[0].b), pairs[0].similarity >= 0.5) == (("new", "old"), True)


def test_programs_of_the_same_student_are_left_out() -> None:
    pairs = screen().check("new", fingerprint({"m.py": BODY.encode()}), without=frozenset({"old"}))
    assert "old" not in {pair.b for pair in pairs}


def test_a_program_that_shares_nothing_has_no_pairs() -> None:
    assert screen().check("new", fingerprint({"m.py": b"print('hello')"})) == []
    assert Screen({}).check("new", fingerprint({"m.py": b"print('hello')"})) == []
