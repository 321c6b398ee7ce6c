"""Schemes: the preset loads exactly, and a wrong document is refused with its key and line."""

from decimal import Decimal
from pathlib import Path

import pytest

import grader.schemes
from grader.schemes import Band, InvalidScheme, load_scheme, preset, preset_text

D = Decimal
TEXT = preset_text("unibuc-ml")


def test_the_preset_holds_the_rules_of_the_course():
    scheme = preset("unibuc-ml")
    assert scheme.bands == (
        Band(mark=D(10), first=1, last=30),
        Band(mark=D(9), first=31, last=50),
        Band(mark=D(8), first=51, last=90),
        Band(mark=D(7), first=91, last=120),
        Band(mark=D(6), first=121, last=150),
        Band(mark=D(5), first=151, last=None),
    )
    assert (scheme.project_weight, scheme.test_weight, scheme.gate_cap) == (D("0.6"), D("0.4"), D(4))
    assert scheme.quiz_points == (D("0.3"), D("0.2"), D("0.1"))
    assert scheme.reference_participants == 158


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('gate_cap = "4"', "gate_cap = 4.5", "project.gate_cap must be a decimal in quotes"),
        ('gate_cap = "4"', 'gate_cap = "11"', "project.gate_cap is 11, but must lie in 0..10"),
        ('gate_cap = "4"', 'gate_cap = "1_0"', "project.gate_cap is “1_0”, which is no decimal"),
        ('gate_cap = "4"', 'gate_cap = "NaN"', "project.gate_cap is “NaN”, which is no decimal"),
        ('gate_cap = "4"', 'gate_cup = "4"', "project.gate_cap is missing"),
        ("is_strict = false", "is_strict = 0", "final.is_strict must be true or false"),
        ("group_size = 3", "group_size = 0", "quiz.group_size must be a whole number"),
        ('ties = "shared"', 'ties = "best"', "quiz.ties must be one of shared, tool, mean"),
        ("per_lab = 2\n", "per_lab = 2\nper_day = 3\n", "lab_answers.per_day is not a setting of a scheme"),
        ('cap = "1"\n\n[bonuses]', 'cap = "x"\n\n[bonuses]', "lab_answers.cap is “x”"),
        ('exam_weight = "0.5"', 'exam_weight = "0.6"', "final.exam_weight and final.lab_weight must add up to 1"),
        ('examinations = ["first"]', 'examinations = ["third"]', "bonuses.examinations must be one of first"),
        ('points = ["0.3", "0.2", "0.1"]', 'points = "0.3"', "quiz.points must be a list"),
        ('beyond = "5"', 'beyond = "7"', "project.beyond is 7, more than the band before it gives"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key_and_line(old, new, key):
    assert TEXT.count(old) == 1
    wrong = TEXT.replace(old, new)
    with pytest.raises(InvalidScheme) as caught:
        load_scheme(wrong)
    assert key in caught.value.message
    leaf = key.split()[0].rpartition(".")[2]
    line = wrong.splitlines()[caught.value.line - 1]
    assert line.startswith(leaf) or (key.endswith("missing") and line == "[project]")


def test_the_line_is_the_one_of_the_right_section():
    wrong = TEXT.replace('cap = "1"\n\n[bonuses]', 'cap = "x"\n\n[bonuses]')
    with pytest.raises(InvalidScheme) as caught:
        load_scheme(wrong)
    assert caught.value.line == wrong.splitlines().index('cap = "x"') + 1


def test_bands_out_of_order_are_refused():
    with pytest.raises(InvalidScheme, match="out of order at last = 20"):
        load_scheme(TEXT.replace("last = 50", "last = 20"))


def test_text_that_is_not_toml_is_refused_with_its_line():
    with pytest.raises(InvalidScheme) as caught:
        load_scheme('name = "x"\n[final\n')
    assert caught.value.line == 2


def test_a_setting_at_the_top_that_nobody_knows_is_refused():
    with pytest.raises(InvalidScheme, match="colour is not a setting"):
        load_scheme('colour = "red"\n' + TEXT)


def test_an_unknown_preset_names_those_that_exist():
    with pytest.raises(InvalidScheme, match="no preset “other”; there is unibuc-ml"):
        preset("other")


def test_every_setting_is_documented():
    page = (Path(grader.schemes.__file__).parents[2] / "docs" / "grading.md").read_text(encoding="utf-8")
    section, missing = "", []
    for line in TEXT.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and line[0].isalpha():
            key = ".".join(filter(None, (section, line.split("=")[0].strip())))
            if f"`{key}`" not in page:
                missing.append(key)
    assert missing == []
