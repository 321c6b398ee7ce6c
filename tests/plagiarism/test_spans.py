"""Regions found by copydetect, as lines of the files."""

from collections.abc import Sequence

from plagiarism import compare
from plagiarism.fingerprints import fingerprint
from plagiarism.index import Index
from plagiarism.spans import RegionFinder

SHARED = "\n".join(f"v{i} = call_{i}(v{i - 1}, 2)" for i in range(1, 21))
HOST = "\n".join(f"h{i} = host_{i}(h{i - 1}, 2)" for i in range(1, 31))
OTHER = "\n".join(f"o{i} = other_{i}(o{i - 1}, 2)" for i in range(1, 21))


def finder(texts: Sequence[str], *, starter: str | None = None) -> RegionFinder:
    common = fingerprint({"s.py": starter.encode()}).hashes if starter else None
    return RegionFinder(Index.build([fingerprint({"m.py": text.encode()}) for text in texts], common=common))


def test_a_pasted_region_is_found_at_its_lines_in_both() -> None:
    (span,) = finder([SHARED, HOST + "\n" + SHARED]).spans(0, 1)
    assert (span.start_a, span.end_a) == (1, 20)
    assert (span.start_b, span.end_b) == (31, 50)
    assert (span.file_a, span.file_b, span.holders) == ("m.py", "m.py", 2)


def test_a_region_says_how_many_submissions_hold_it() -> None:
    (span,) = finder([SHARED, SHARED, SHARED, OTHER]).spans(0, 1)
    assert span.holders == 3


def test_a_document_compared_twice_gives_the_same_regions() -> None:
    found = finder([SHARED, SHARED, OTHER])
    first = found.ranges(0, 1)
    assert found.ranges(0, 2) == []
    assert found.ranges(0, 1) == first


def test_too_short_a_document_has_no_regions() -> None:
    assert finder(["\n".join(SHARED.split("\n")[:5]), SHARED]).ranges(0, 1) == []


def test_starter_code_is_no_region() -> None:
    (span,) = finder([HOST + "\n" + SHARED, HOST + "\n" + SHARED], starter=HOST).spans(0, 1)
    assert span.start_a >= 30


def test_a_region_does_not_run_over_into_the_next_file() -> None:
    body = "\n".join(f"r{i} = call_{i}(r{i - 1 if i else 0}, other_{i})" for i in range(12)).encode()
    files = {"one.py": body, "two.py": body.replace(b"call", b"more")}
    pair = compare({"a": files, "b": files}).pairs[0]
    assert {span.file_a for span in pair.spans} <= {"one.py", "two.py"}
    assert all(1 <= span.start_a <= span.end_a <= 12 for span in pair.spans)
