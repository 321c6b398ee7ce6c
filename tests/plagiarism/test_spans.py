"""Regions found by copydetect, as ranges of canonical symbols."""

from plagiarism import compare
from plagiarism.canonical import Symbol
from plagiarism.spans import RegionFinder

SHARED = [Symbol(f"w{i}", i + 1) for i in range(20)]


def test_a_pasted_region_is_found_at_its_place_in_both() -> None:
    host = [Symbol(f"h{i}", i + 1) for i in range(30)]
    finder = RegionFinder([SHARED, [*host, *SHARED]])
    ((start_a, end_a), (start_b, end_b)) = finder.ranges(0, 1)[0]
    # winnowing may miss up to WINDOW - 1 symbols at either end
    assert start_a <= 2
    assert end_a >= 18
    assert start_b == start_a + 30
    assert end_b == end_a + 30


def test_a_document_compared_twice_gives_the_same_regions() -> None:
    finder = RegionFinder([SHARED, SHARED, [Symbol(f"u{i}", 1) for i in range(20)]])
    first = finder.ranges(0, 1)
    assert finder.ranges(0, 2) == []
    assert finder.ranges(0, 1) == first


def test_too_short_a_document_has_no_regions() -> None:
    assert RegionFinder([SHARED[:11], SHARED]).ranges(0, 1) == []


def test_a_region_does_not_run_over_into_the_next_file() -> None:
    body = "\n".join(f"r{i} = call_{i}(r{i - 1 if i else 0}, other_{i})" for i in range(12)).encode()
    files = {"one.py": body, "two.py": body.replace(b"call", b"more")}
    pair = compare({"a": files, "b": files}).pairs[0]
    assert {span.file_a for span in pair.spans} <= {"one.py", "two.py"}
    assert all(1 <= span.start_a <= span.end_a <= 12 for span in pair.spans)
