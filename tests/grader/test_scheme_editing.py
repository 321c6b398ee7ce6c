"""Single settings change, and nothing else of the document does."""

import pytest

from grader.schemes import InvalidScheme, load_scheme, preset_text
from grader.schemes.editing import scaled_edges, with_choice, with_edges

TEXT = preset_text("unibuc-ml")


def test_a_choice_changes_on_its_own_line_alone():
    changed = with_choice(TEXT, "project.band_policy", "scaled")
    assert load_scheme(changed).band_policy == "scaled"
    assert [a for a, b in zip(TEXT.splitlines(), changed.splitlines(), strict=True) if a != b] == [
        'band_policy = "fixed"'
    ]


def test_the_cap_of_the_right_section_changes():
    changed = load_scheme(with_choice(TEXT, "lab_answers.cap", "0.5"))
    assert (str(changed.answers_cap), str(changed.quiz_cap)) == ("0.5", "1")


def test_the_edges_of_the_bands_change_in_order():
    changed = load_scheme(with_edges(TEXT, [10, 20, 30, 40, 50]))
    assert [band.last for band in changed.bands] == [10, 20, 30, 40, 50, None]
    assert with_edges(TEXT, [30, 50, 90, 120, 150]) == TEXT


def test_another_number_of_edges_is_refused():
    with pytest.raises(InvalidScheme, match="has 5 edges, not 2"):
        with_edges(TEXT, [1, 2])


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb"])
def test_a_value_never_breaks_out_of_its_quotes(value):
    with pytest.raises(InvalidScheme, match="can't be"):
        with_choice(TEXT, "name", value)


def test_scaled_edges_stay_apart():
    assert scaled_edges([30, 50, 90], participants=3, reference=158) == [1, 2, 3]
    assert scaled_edges([30, 50, 90, 120, 150], participants=68, reference=158) == [13, 22, 39, 52, 65]
