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
        ('own_weight = "0.5"', 'own_weight = "0.6"', "lab.own_weight and lab.other_weight must add up to 1"),
        ("extra = []", 'extra = [{ name = "x", weight = "0.5" }]', "ml_lab.extra must add up to 1, not to 1.5"),
        ("extra = []", 'extra = [{ name = "x" }]', "ml_lab.extra needs rows such as"),
        ("extra = []", 'extra = [{ name = "<b>", weight = "0" }]', "ml_lab.extra has the name “<b>”"),
        ('requirement_points = "4"', 'requirement_points = "5"', "lab_test.requirement_points and lab_test.accuracy"),
        (
            'counted_from = "zero"',
            'counted_from = "one"',
            "lab_test.counted_from must be one of zero, baseline, chance",
        ),
        ('board = "private"', 'board = "both"', "project.board must be one of private, public"),
        ('ranked = "everyone"', 'ranked = "nobody"', "project.ranked must be one of everyone, enrolled"),
        ('not_presented = "no_mark"', 'not_presented = "x"', "project.not_presented must be one of no_mark, deduction"),
        ('consequence = "decision"', 'consequence = "exam"', "plagiarism.consequence must be one of decision"),
        ('failed_cap = "4"', 'failed_cap = "5"', "final.failed_cap is 5, but must be below final.pass_mark"),
        ("format = 2", "format = 3", "format is 3, but this program knows formats up to 2"),
        ("format = 2", 'format = "2"', "format must be a whole number of at least 1"),
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
    leaf = "project_weight" if "not to 1.5" in key else leaf
    leaf = "extra" if key.startswith("ml_lab.extra ") and "not to" not in key else leaf
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


def test_a_wrong_row_of_a_list_is_named_by_its_own_line():
    wrong = TEXT.replace('{ last = 90, mark = "8" }', '{ last = 90, mark = "12" }')
    with pytest.raises(InvalidScheme, match=r"project\.bands is 12, but must lie in 1\.\.10") as caught:
        load_scheme(wrong)
    assert "last = 90" in wrong.splitlines()[caught.value.line - 1]
    with pytest.raises(InvalidScheme, match="names “presentation” twice") as caught:
        load_scheme(TEXT.replace('name = "documentation"', 'name = "presentation"'))
    assert caught.value.line == TEXT.splitlines().index('  { name = "documentation", points = "1" },') + 1


def test_a_document_of_the_first_format_loads_with_the_settings_that_came_later():
    import tomllib

    kept, section = [], ""
    added = tomllib.loads(TEXT)
    for line in TEXT.replace("format = 2\n", "").splitlines():
        section = line.strip("[]") if line.startswith("[") else section
        key = line.split("=")[0].strip()
        if section in {"lab", "lab_test", "plagiarism"} or key in {"extra", "board", "ranked", "not_presented"}:
            continue
        kept.append(line)
    old = "\n".join(kept)
    start = old.index("rubric = [")
    old = old[:start] + old[old.index("]\n", start) + 2 :]
    assert set(tomllib.loads(old)) == set(added) - {"format", "lab", "lab_test", "plagiarism"}
    assert load_scheme(old) == preset("unibuc-ml")
    with pytest.raises(InvalidScheme, match=r"lab\.own_weight is missing"):
        load_scheme("format = 2\n" + old)


def test_dotted_keys_and_inline_tables_are_named_by_their_line_too():
    with pytest.raises(InvalidScheme) as caught:
        load_scheme('name = "x"\nfinal.exam_weight = 0.5\n')
    assert caught.value.line == 2
    with pytest.raises(InvalidScheme) as caught:
        load_scheme('name = "x"\nfinal = { exam_weight = 0.5 }\n')
    assert caught.value.line == 2
