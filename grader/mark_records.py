"""The JSON records of `python -m grader grade`: checked, and converted without a detour over binary floats."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from grader.marks import CompetitionFacts, LabTest, ProjectRecord, StudentRecord
from grader.schemes import Scheme

DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")
LARGEST = Decimal("1e300")


class InvalidRecords(ValueError):
    """Records that can't be graded; the message names the student and the field."""


def read_records(text: str, *, scheme: Scheme) -> tuple[CompetitionFacts, list[StudentRecord], str]:
    """The competition's facts, the students in order, and the examination. Raises `InvalidRecords`."""
    try:
        records = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidRecords(f"The records are not valid JSON: {error}.") from error
    if not isinstance(records, dict) or not isinstance(records.get("students"), list):
        raise InvalidRecords("The records need an object with “examination”, “competition” and “students”.")
    examination = records.get("examination")
    if examination not in ("first", "re-examination"):
        raise InvalidRecords("“examination” must be “first” or “re-examination”.")
    students: dict[str, StudentRecord] = {}
    for number, row in enumerate(records["students"], start=1):
        if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not row["id"]:
            raise InvalidRecords(f"Student number {number} needs an “id” in quotes.")
        if row["id"] in students:
            raise InvalidRecords(f"Student {row['id']} appears twice.")
        students[row["id"]] = _Row(row, scheme).student()
    return _facts(records.get("competition")), list(students.values()), examination


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _facts(competition: Any) -> CompetitionFacts:
    if not isinstance(competition, dict):
        raise InvalidRecords("The records need an object “competition”.")
    direction = competition.get("direction")
    if direction not in ("higher", "lower"):
        raise InvalidRecords("“competition.direction” must be “higher” or “lower”.")
    baseline, n_ranked = competition.get("baseline_private"), competition.get("n_ranked")
    if baseline is not None and not _is_score(baseline):
        raise InvalidRecords("“competition.baseline_private” must be a number or null.")
    if not isinstance(n_ranked, int) or not _is_count(n_ranked):
        raise InvalidRecords("“competition.n_ranked” must be a whole number.")
    return CompetitionFacts(
        direction=direction, baseline_private=None if baseline is None else float(baseline), n_ranked=n_ranked
    )


class _Row:
    """One student's record, whose errors name the student."""

    def __init__(self, row: Mapping[str, Any], scheme: Scheme) -> None:
        self.row = row
        self.scheme = scheme

    def fail(self, field: str, problem: str) -> InvalidRecords:
        return InvalidRecords(f"Student {self.row['id']}: {field} {problem}.")

    def student(self) -> StudentRecord:
        answers, places = self._list("lab_answers"), self._list("quiz_places")
        if not all(_is_count(n) for n in answers):
            raise self.fail("lab_answers", "must be counts such as [2, 3, 1]")
        return StudentRecord(
            id=self.row["id"],
            project=self._project(),
            lab_test=self._lab_test(),
            other_lab=self._mark("other_lab", self.row.get("other_lab")),
            lab_answers=tuple(answers),
            exam=self._mark("exam", self.row.get("exam")),
            quiz_places=tuple(self._decimal("quiz_places", n, low=Decimal(1), high=Decimal(10**6)) for n in places),
            extra=self._extra(),
        )

    def _lab_test(self) -> Decimal | LabTest | None:
        """A mark, or what the mark is computed from."""
        test = self.row.get("lab_test")
        if not isinstance(test, dict):
            return self._mark("lab_test", test)
        for name in ("score", "target", "baseline", "chance"):
            if test.get(name) is not None and not _is_score(test[name]):
                raise self.fail(f"lab_test.{name}", "must be a number or null")
        if test.get("target") is None:
            raise self.fail("lab_test.target", "is missing: it is the score that gives the full points")
        if test.get("direction", "higher") not in ("higher", "lower"):
            raise self.fail("lab_test.direction", "must be “higher” or “lower”")
        start = self.scheme.test_counted_from
        if start != "zero" and test.get(start) is None:
            raise self.fail(f"lab_test.{start}", "is missing, from which the scheme counts")
        scores = {
            name: None if test.get(name) is None else float(test[name]) for name in ("score", "baseline", "chance")
        }
        return LabTest(
            requirement=self._decimal(
                "lab_test.requirement",
                test.get("requirement", "0"),
                low=Decimal(0),
                high=self.scheme.test_requirement_points,
            ),
            target=float(test["target"]),
            direction=test.get("direction", "higher"),
            **scores,
        )

    def _extra(self) -> dict[str, Decimal]:
        extra = self.row.get("extra")
        if extra is None:
            return {}
        if not isinstance(extra, dict):
            raise self.fail("extra", "must be an object of marks by component")
        known = {one.name for one in self.scheme.extra}
        found = {}
        for name, value in extra.items():
            if name not in known:
                raise self.fail(f"extra.{name}", "is no component of the scheme")
            mark = self._mark(f"extra.{name}", value)
            if mark is not None:
                found[name] = mark
        return found

    def _project(self) -> ProjectRecord | None:
        project = self.row.get("project")
        if project is None:
            return None
        if not isinstance(project, dict):
            raise self.fail("project", "must be an object or null")
        rank, private = project.get("rank"), project.get("private")
        public_rank, public = project.get("public_rank"), project.get("public")
        for field, value in (("rank", rank), ("public_rank", public_rank)):
            if value is not None and (not _is_count(value) or value < 1):
                raise self.fail(f"project.{field}", "must be a whole number of at least 1, or null")
        for field, value in (("private", private), ("public", public)):
            if value is not None and not _is_score(value):
                raise self.fail(f"project.{field}", "must be a number or null")
        for field in ("presented", "valid", "enrolled", "disqualified"):
            if not isinstance(project.get(field, True), bool):
                raise self.fail(f"project.{field}", "must be true or false")
        if self.scheme.board == "public" and rank is not None and public_rank is None:
            raise self.fail("project.public_rank", "is missing, by which the scheme ranks")
        plagiarism = project.get("plagiarism", "none")
        if plagiarism not in ("none", "open", "confirmed", "penalty"):
            raise self.fail("project.plagiarism", "must be “none”, “open”, “confirmed” or “penalty”")
        late_days = project.get("late_days", 0)
        if not _is_count(late_days):
            raise self.fail("project.late_days", "must be a whole number of at least 0")
        team, members = project.get("team", ""), project.get("members", "")
        if not isinstance(team, str) or not isinstance(members, str):
            raise self.fail("project.team", "must be a text, as must “members”")
        deduction = project.get("deduction")
        return ProjectRecord(
            rank=rank,
            private=None if private is None else float(private),
            deduction=Decimal(0)
            if deduction is None
            else self._decimal("project.deduction", deduction, low=Decimal(0), high=self.scheme.max_deduction),
            presented=project.get("presented", True),
            valid=project.get("valid", True),
            public_rank=public_rank,
            public=None if public is None else float(public),
            enrolled=project.get("enrolled", True),
            disqualified=project.get("disqualified", False),
            plagiarism=plagiarism,
            decided=self._mark("project.decided", project.get("decided")),
            late_days=late_days,
            team=team,
            members=members,
            late_points=self._mark("project.late_points", project.get("late_points")) or Decimal(0),
        )

    def _list(self, field: str) -> list[Any]:
        value = self.row.get(field)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.fail(field, "must be a list")
        return value

    def _mark(self, field: str, value: Any) -> Decimal | None:
        return None if value is None else self._decimal(field, value, low=Decimal(0), high=Decimal(10))

    def _decimal(self, field: str, value: Any, *, low: Decimal, high: Decimal) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or not DECIMAL.fullmatch(str(value)):
            raise self.fail(field, f"is “{value}”, which is no decimal number such as “8.6”")
        number = Decimal(value)
        if not low <= number <= high:
            raise self.fail(field, f"is {value}, but must lie in {low}..{high}")
        return number


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9


def _is_score(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return -LARGEST < value < LARGEST
