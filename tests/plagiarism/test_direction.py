"""Who held the shared code first."""

from datetime import UTC, datetime

from plagiarism.direction import direction, shared_grams
from plagiarism.fingerprints import Fingerprint, fingerprint

LINES = [f"v{i} = call_{i}(v{max(i - 1, 0)}, {i})" for i in range(30)]


def made(n: int) -> Fingerprint:
    return fingerprint({"m.py": "\n".join(LINES[:n]).encode()})


def at(hour: int) -> datetime:
    return datetime(2026, 5, 4, hour, tzinfo=UTC)


def test_whoever_grew_it_before_the_other_handed_it_in_is_first() -> None:
    whole = made(30)
    found = direction(
        [(at(8), made(10)), (at(9), made(20)), (at(10), whole)], [(at(12), whole)], shared_grams(whole, whole)
    )
    assert (found.first, found.steps_a, found.steps_b, found.at_a, found.at_b) == ("a", 2, 0, at(10), at(12))


def test_nobody_is_first_where_nothing_is_shared_or_both_were_at_once() -> None:
    whole, other = made(30), fingerprint({"m.py": b"print(sum(range(9)))"})
    assert direction([(at(8), whole)], [(at(9), other)], shared_grams(whole, other)).first == ""
    assert direction([(at(8), whole)], [(at(8), whole)], shared_grams(whole, whole)).first == ""
