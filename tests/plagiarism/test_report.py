"""Reports: linked regions, what was renamed, groups, and nothing that loads or runs."""

from plagiarism import compare
from plagiarism.renames import renames
from plagiarism.report import as_html, groups, pair_as_html
from plagiarism.spans import Span
from plagiarism.wording import Wording

ORIGINAL = "\n".join(f"step_{i} = library_{i}(step_{max(i - 1, 0)}, width={i})" for i in range(25))
SOURCES = {
    "ana": {"m.py": ORIGINAL.encode()},
    "<b>": {"m.py": ("# </pre><script>alert(1)</script>\n" + ORIGINAL.replace("step_", "value_")).encode()},
    "cai": {"m.py": b"for k in range(9):\n    print(k ** 2)\n"},
}


def test_a_pair_page_links_its_regions_and_escapes_what_students_wrote() -> None:
    pair = compare(SOURCES).pairs[0]
    page = pair_as_html(pair, SOURCES)
    assert 'id="pa0"' in page and 'href="#pb0"' in page and 'id="pb0"' in page
    assert "<script" not in page and "http" not in page
    assert "&lt;script&gt;" in page


def test_the_report_holds_histogram_pairs_and_settings() -> None:
    page = as_html(compare(SOURCES), SOURCES)
    assert "All pairs by similarity" in page and "flag_at_expected" in page and "<script" not in page


def test_a_region_of_nobody_else_has_a_bar_and_says_so() -> None:
    page = pair_as_html(compare(SOURCES).pairs[0], SOURCES)
    assert 'class="c1 rare"' in page and "2 (nobody else)" in page


def test_the_reports_words_and_numbers_are_those_of_the_language() -> None:
    words = Wording(language="ro", decimal=",", similarity="Similaritate", renamed="Redenumiri")
    pair = compare(SOURCES).pairs[0]
    page = pair_as_html(pair, SOURCES, words=words)
    assert '<html lang="ro">' in page and "Redenumiri" in page and f"{pair.similarity:.3f}".replace(".", ",") in page


def test_renamed_names_are_listed_with_how_often() -> None:
    span = Span(file_a="m", start_a=1, end_a=2, file_b="m", start_b=1, end_b=2)
    a = {"m": "total = total + rate\nprint(total)"}
    b = {"m": "s = s + rate\nprint(s)"}
    assert renames(a, b, [span]) == [("total", "s", 3)]


def test_students_joined_by_flagged_pairs_are_one_group() -> None:
    body = {"m.py": ORIGINAL.encode()}
    pool = {"a": body, "b": body, "c": body} | {f"o{n}": {"m.py": f"x = f{n}(g{n}(1))\n".encode()} for n in range(4)}
    assert groups(compare(pool).pairs) == [("a", "b", "c")]


def test_lines_of_starter_code_are_grey() -> None:
    starter = "\n".join(f"s{i} = given_{i}(s{max(i - 1, 0)})" for i in range(12))
    pool = {k: {"m.py": f"{starter}\n{ORIGINAL}\n".encode()} for k in "ab"}
    pair = compare(pool, boilerplate=[starter.encode()]).pairs[0]
    assert set(range(1, 12)) <= set(pair.common_a["m.py"])
    assert "class=common" in pair_as_html(pair, pool)
