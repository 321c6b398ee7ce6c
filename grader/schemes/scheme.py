"""The rules of a course as one frozen value. Every setting is required, so that a scheme says all that it does."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from grader.schemes.reading import InvalidScheme, Reader

FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Band:
    """Ranks `first..last` (1-based, inclusive; None is open) get `mark`."""

    mark: Decimal
    first: int
    last: int | None


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
    project_weight: Decimal
    test_weight: Decimal
    mark_from: str
    bands: tuple[Band, ...]
    band_policy: str
    reference_participants: int
    rank_ties: str
    gate_cap: Decimal
    max_deduction: Decimal
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
        project_weight=read.decimal("ml_lab.project_weight", high=1),
        test_weight=read.decimal("ml_lab.test_weight", high=1),
        mark_from=read.choice("project.mark_from", "bands", "linear_in_band", "linear_in_score"),
        bands=_bands(read),
        band_policy=read.choice("project.band_policy", "fixed", "scaled"),
        reference_participants=read.whole("project.reference_participants"),
        rank_ties=read.choice("project.rank_ties", "earlier", "shared"),
        gate_cap=read.decimal("project.gate_cap"),
        max_deduction=read.decimal("project.max_deduction"),
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
    )
    read.refuse_unknown()
    if scheme.exam_weight + scheme.lab_weight != 1:
        raise read.fail("final.exam_weight", "and final.lab_weight must add up to 1")
    if scheme.project_weight + scheme.test_weight != 1:
        raise read.fail("ml_lab.project_weight", "and ml_lab.test_weight must add up to 1")
    return scheme


def _bands(read: Reader) -> tuple[Band, ...]:
    bands: list[Band] = []
    first = 1
    for row in read.rows("project.bands"):
        if not isinstance(row, dict) or set(row) != {"last", "mark"}:
            raise read.fail("project.bands", 'needs rows such as { last = 30, mark = "10" }')
        last = read.as_whole("project.bands", row["last"])
        mark = read.as_decimal("project.bands", row["mark"], low=1)
        if last < first or (bands and mark > bands[-1].mark):
            raise read.fail("project.bands", f"is out of order at last = {last}: ranks must rise and marks must not")
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


def preset_text(name: str) -> str:
    """The document of a bundled scheme. Raises `InvalidScheme` for an unknown name."""
    names = sorted(path.stem for path in FOLDER.glob("*.toml"))
    if name not in names:
        raise InvalidScheme(f"There is no preset “{name}”; there is {', '.join(names)}.")
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def preset(name: str) -> Scheme:
    """A bundled scheme. Raises `InvalidScheme` for an unknown name."""
    return load_scheme(preset_text(name))
