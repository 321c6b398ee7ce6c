"""The sentences of a trace exist in both languages and fit each other."""

import ast
import string
from decimal import Decimal
from pathlib import Path

import pytest

import grader.lab_tests
import grader.marks
import grader.project_marks
import grader.project_ranks
from grader.trace import TraceLine
from grader.trace_texts import FLAGGED, TEXTS


def fields(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("rule", sorted(TEXTS))
def test_every_rule_has_a_full_sentence_in_both_languages_with_the_same_values(rule):
    assert set(TEXTS[rule]) == {"en", "ro"}
    assert TEXTS[rule]["en"] != TEXTS[rule]["ro"]
    assert fields(TEXTS[rule]["en"]) == fields(TEXTS[rule]["ro"])
    assert all(text[0].isupper() and text.endswith(".") for text in TEXTS[rule].values())


def test_every_rule_in_the_program_has_its_sentence():
    found = set()
    for module in (grader.lab_tests, grader.marks, grader.project_marks, grader.project_ranks):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value in TEXTS}
        named = [k.value for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "rule"]
        assert {k.value for k in named if isinstance(k, ast.Constant)} <= set(TEXTS)
    assert set(TEXTS) == found
    assert set(TEXTS) >= FLAGGED


def test_a_line_reads_in_english_and_in_romanian_with_its_comma():
    line = TraceLine(rule="deduction", params={"points": "0.5"}, before=Decimal("9"), after=Decimal("8.50"))
    assert line.text("en") == "For presentation and documentation 0.5 points are deducted: 9 becomes 8.5."
    assert line.text("ro") == "Pentru prezentare și documentație se scad 0,5 puncte: 9 devine 8,5."


def test_a_line_is_stored_and_read_again():
    line = TraceLine(rule="deduction", params={"points": Decimal("0.50")}, before=Decimal("9"), after=Decimal("8.50"))
    stored = line.as_json()
    assert stored == {"rule": "deduction", "params": {"points": "0.5"}, "before": "9", "after": "8.5"}
    assert TraceLine.from_json(stored).text("ro") == line.text("ro")
    assert TraceLine.from_json(TraceLine(rule="absent").as_json()) == TraceLine(rule="absent")
