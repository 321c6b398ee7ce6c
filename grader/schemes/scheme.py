"""The rules of a course as one frozen value. Every setting is required, so that a scheme says all that it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from grader.schemes.reading import InvalidScheme, Reader

FOLDER = Path(__file__).parent
NAME = re.compile(r"[^\W_][\w -]{0,29}")


@dataclass(frozen=True, kw_only=True)
class Band:
    """Ranks `first..last` (1-based, inclusive; None is open) get `mark`."""

    mark: Decimal
    first: int
    last: int | None


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A line of the jury's rubric: at most `points` may be deducted for it."""

    name: str
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class Extra:
    """A component of this subject's lab mark beside project and lab test."""

    name: str
    weight: Decimal


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """The rules of a course, in the order of the document; docs/grading.md explains each."""

    name: str
    exam_weight: Decimal
    lab_weight: Decimal
    pass_mark: Decimal
    is_strict: bool
    threshold_on: str
    rounding: str
    failed_cap: Decimal
    lab_own_weight: Decimal
    lab_other_weight: Decimal
    project_weight: Decimal
    test_weight: Decimal
    extra: tuple[Extra, ...]
    test_requirement_points: Decimal
    test_accuracy_points: Decimal
    test_counted_from: str
    mark_from: str
    bands: tuple[Band, ...]
    band_policy: str
    reference_participants: int
    board: str
    ranked: str
    rank_ties: str
    gate_cap: Decimal
    max_deduction: Decimal
    rubric: tuple[Criterion, ...]
    not_presented: str
    floor: Decimal
    invalid: Decimal
    quiz_points: tuple[Decimal, ...]
    quiz_group_size: int
    quiz_ties: str
    quiz_same_lecture: str
    quiz_cap: Decimal
    answer_points: Decimal
    answers_per_lab: int
    answers_count_on: str
    answers_cap: Decimal
    bonus_examinations: tuple[str, ...]
    bonus_caps: str
    pooled_cap: Decimal
    mark_cap: Decimal
    plagiarism: str
    plagiarism_project: Decimal


def load_scheme(text: str) -> Scheme:
    """Parse and check a TOML document. Raises `InvalidScheme`, which names the key and its line."""
    read = Reader(text)
    scheme = Scheme(
        name=read.text("name"),
        exam_weight=read.decimal("final.exam_weight", high=1),
        lab_weight=read.decimal("final.lab_weight", high=1),
        pass_mark=read.decimal("final.pass_mark", low=1),
        is_strict=read.boolean("final.is_strict"),
        threshold_on=read.choice("final.threshold_on", "after_bonus", "before_bonus"),
        rounding=read.choice("final.rounding", "half_up", "two_decimals", "floor"),
        failed_cap=read.decimal("final.failed_cap", low=1),
        lab_own_weight=read.decimal("lab.own_weight", high=1),
        lab_other_weight=read.decimal("lab.other_weight", high=1),
        project_weight=read.decimal("ml_lab.project_weight", high=1),
        test_weight=read.decimal("ml_lab.test_weight", high=1),
        extra=_extra(read),
        test_requirement_points=read.decimal("lab_test.requirement_points"),
        test_accuracy_points=read.decimal("lab_test.accuracy_points"),
        test_counted_from=read.choice("lab_test.counted_from", "zero", "baseline", "chance"),
        mark_from=read.choice("project.mark_from", "bands", "linear_in_band", "linear_in_score"),
        bands=_bands(read),
        band_policy=read.choice("project.band_policy", "fixed", "scaled"),
        reference_participants=read.whole("project.reference_participants"),
        board=read.choice("project.board", "private", "public"),
        ranked=read.choice("project.ranked", "everyone", "enrolled"),
        rank_ties=read.choice("project.rank_ties", "earlier", "shared"),
        gate_cap=read.decimal("project.gate_cap"),
        max_deduction=read.decimal("project.max_deduction"),
        rubric=_rubric(read),
        not_presented=read.choice("project.not_presented", "no_mark", "deduction"),
        floor=read.decimal("project.floor"),
        invalid=read.decimal("project.invalid"),
        quiz_points=tuple(read.as_decimal("quiz.points", points) for points in read.rows("quiz.points")),
        quiz_group_size=read.whole("quiz.group_size"),
        quiz_ties=read.choice("quiz.ties", "shared", "tool", "mean"),
        quiz_same_lecture=read.choice("quiz.same_lecture", "summed", "best", "each"),
        quiz_cap=read.decimal("quiz.cap"),
        answer_points=read.decimal("lab_answers.points"),
        answers_per_lab=read.whole("lab_answers.per_lab"),
        answers_count_on=read.choice("lab_answers.count_on", "lab", "ml_lab"),
        answers_cap=read.decimal("lab_answers.cap"),
        bonus_examinations=_examinations(read),
        bonus_caps=read.choice("bonuses.caps", "separate", "pooled"),
        pooled_cap=read.decimal("bonuses.pooled_cap"),
        mark_cap=read.decimal("bonuses.mark_cap", low=1),
        plagiarism=read.choice("plagiarism.consequence", "decision", "project", "course"),
        plagiarism_project=read.decimal("plagiarism.project"),
    )
    read.refuse_unknown()
    _check(scheme, read)
    return scheme


def _check(scheme: Scheme, read: Reader) -> None:
    """What the settings must be together."""
    if scheme.exam_weight + scheme.lab_weight != 1:
        raise read.fail("final.exam_weight", "and final.lab_weight must add up to 1")
    if scheme.lab_own_weight + scheme.lab_other_weight != 1:
        raise read.fail("lab.own_weight", "and lab.other_weight must add up to 1")
    parts = scheme.project_weight + scheme.test_weight + sum((one.weight for one in scheme.extra), Decimal(0))
    if parts != 1:
        others = " and the weights of ml_lab.extra" if scheme.extra else ""
        raise read.fail("ml_lab.project_weight", f"and ml_lab.test_weight{others} must add up to 1, not to {parts}")
    if scheme.test_requirement_points + scheme.test_accuracy_points > 10:
        raise read.fail("lab_test.requirement_points", "and lab_test.accuracy_points are more than 10 together")
    if scheme.failed_cap >= scheme.pass_mark:
        raise read.fail("final.failed_cap", f"is {scheme.failed_cap}, but must be below final.pass_mark")


def _rows(read: Reader, key: str, second: str, example: str) -> list[tuple[str, Decimal]]:
    """Rows of a name and a decimal; names are texts that differ."""
    found: list[tuple[str, Decimal]] = []
    for number, row in enumerate(read.rows(key, may_be_empty=True), start=1):
        if not isinstance(row, dict) or set(row) != {"name", second}:
            raise read.fail(key, f"needs rows such as {example}", row=number)
        name = row["name"]
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise read.fail(key, f"has the name “{name}”; names are up to 30 letters, digits, spaces and -", row=number)
        if name in dict(found):
            raise read.fail(key, f"names “{name}” twice", row=number)
        found.append((name, read.as_decimal(key, row[second], high=10 if second == "points" else 1, row=number)))
    return found


def _rubric(read: Reader) -> tuple[Criterion, ...]:
    rows = _rows(read, "project.rubric", "points", '{ name = "documentation", points = "1" }')
    return tuple(Criterion(name=name, points=points) for name, points in rows)


def _extra(read: Reader) -> tuple[Extra, ...]:
    rows = _rows(read, "ml_lab.extra", "weight", '{ name = "homework", weight = "0.2" }')
    return tuple(Extra(name=name, weight=weight) for name, weight in rows)


def _bands(read: Reader) -> tuple[Band, ...]:
    bands: list[Band] = []
    first = 1
    for number, row in enumerate(read.rows("project.bands"), start=1):
        if not isinstance(row, dict) or set(row) != {"last", "mark"}:
            raise read.fail("project.bands", 'needs rows such as { last = 30, mark = "10" }', row=number)
        last = read.as_whole("project.bands", row["last"], row=number)
        mark = read.as_decimal("project.bands", row["mark"], low=1, row=number)
        if last < first or (bands and mark > bands[-1].mark):
            problem = f"is out of order at last = {last}: ranks must rise and marks must not"
            raise read.fail("project.bands", problem, row=number)
        bands.append(Band(mark=mark, first=first, last=last))
        first = last + 1
    beyond = read.decimal("project.beyond", low=1)
    if beyond > bands[-1].mark:
        raise read.fail("project.beyond", f"is {beyond}, more than the band before it gives")
    return (*bands, Band(mark=beyond, first=first, last=None))


def _examinations(read: Reader) -> tuple[str, ...]:
    value = read.raw("bonuses.examinations")
    if not isinstance(value, list):
        raise read.fail("bonuses.examinations", "must be a list")
    return tuple(read.as_choice("bonuses.examinations", one, "first", "re-examination") for one in value)


def preset_names() -> list[str]:
    """The bundled schemes."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def preset_text(name: str) -> str:
    """The document of a bundled scheme. Raises `InvalidScheme` for an unknown name."""
    names = preset_names()
    if name not in names:
        raise InvalidScheme(f"There is no preset “{name}”; there is {', '.join(names)}.")
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def preset(name: str) -> Scheme:
    """A bundled scheme. Raises `InvalidScheme` for an unknown name."""
    return load_scheme(preset_text(name))
