"""What is said about marks, keyed by code: refusals, problems of a table, findings before publishing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from arena.gradebook.models import Component, Presentation

REFUSALS = {
    "no_student": gettext_noop("Somebody in this list is no student of the course."),
    "no_component": gettext_noop("“%(component)s” is no component of the course's scheme."),
    "out_of_range": gettext_noop(
        "%(component)s: %(value)s does not lie between %(low)s and %(high)s with two decimals."
    ),
    "reason_needed": gettext_noop("Please give a reason: these marks are published already, or the scheme is frozen."),
    "already_undone": gettext_noop("This change was taken back before."),
    "changed_since": gettext_noop("A mark of %(student)s has changed since, so this can't be taken back as a whole."),
    "already_applied": gettext_noop("This table was imported before."),
    "import_problems": gettext_noop("Nothing was imported. Problems in the table: %(count)s"),
    "nothing_changed": gettext_noop("No mark differs from the last publication."),
    "no_students": gettext_noop("The course has no students."),
    "incomplete": gettext_noop("Something is incomplete. Look at the list, and say that you publish despite it."),
    "conflict": gettext_noop(
        "Somebody else has changed a mark of %(student)s meanwhile. Nothing was saved; please look again."
    ),
    "answered": gettext_noop("This request is answered already."),
    "own_line": gettext_noop("Choose the line of the explanation that you ask about."),
    "no_message": gettext_noop("Please write what you ask about."),
    "slot_full": gettext_noop("This time is taken. Please choose another one."),
    "slot_past": gettext_noop("This time has passed."),
    "judged": gettext_noop("You have presented already."),
    "criterion": gettext_noop("%(criterion)s: the deduction must lie between 0 and %(points)s."),
    "lab_cap": gettext_noop("%(student)s has %(count)s answers in this lab already; no more of them count."),
}
PROBLEMS = {
    "no_header": gettext_noop(
        "No row at the top says whose marks these are. Name a column “E-mail”, “Student number” or “Name”."
    ),
    "no_column": gettext_noop("No column is chosen as a component."),
    "column_twice": gettext_noop("Two columns are chosen as “%(component)s”."),
    "unknown_student": gettext_noop("“%(student)s” is nobody in this course."),
    "several_students": gettext_noop(
        "“%(student)s” is the name of several students. Add a column with student numbers or e-mail addresses."
    ),
    "duplicate_student": gettext_noop("%(student)s stands in line %(first)s too."),
    "no_mark": gettext_noop("%(column)s: “%(value)s” is no mark. Write a number such as 9.50 or 9,50."),
    "out_of_range": gettext_noop("%(column)s: %(value)s does not lie between %(low)s and %(high)s with two decimals."),
}
FINDINGS = {
    "absent": gettext_noop("No exam mark: these students are published as absent."),
    "no_project": gettext_noop("No project: it counts 0."),
    "invalid_project": gettext_noop("Nothing valid was handed in as the project."),
    "not_presented": gettext_noop("The project was not presented: it counts 0."),
    "not_presented_deduction": gettext_noop("The project was not presented, so points are deducted."),
    "disqualified": gettext_noop("The project is disqualified."),
    "no_baseline": gettext_noop("The competition has no baseline score, so no project was compared with it."),
    "no_test": gettext_noop("No mark for the lab test: it counts 0."),
    "lab_test_unscored": gettext_noop("No score in the lab test: only its requirements count."),
    "no_other_lab": gettext_noop("No lab mark of the other subject: it counts 0."),
    "no_extra": gettext_noop("A further component has no mark: it counts 0."),
    "exact_pass_exam": gettext_noop("The exam mark is exactly the mark that is needed."),
    "exact_pass_lab": gettext_noop("The lab mark is exactly the mark that is needed."),
    "plagiarism_open": gettext_noop("Similar code waits for a decision."),
    "plagiarism_undecided": gettext_noop("Copied code is confirmed, but no mark was decided."),
    "open_requests": gettext_noop("Requests of students wait for an answer."),
    "unknown_nicknames": gettext_noop("Nicknames in quizzes still belong to nobody."),
    "open_pairs": gettext_noop("Pairs of similar code wait for a decision."),
    "withheld": gettext_noop("Marks are withheld while a case of similar code is pending."),
    "no_project_chosen": gettext_noop("No competition is chosen for the projects of this examination."),
    "project_is_open": gettext_noop("The project's competition is still open: its ranks may change."),
}


def _shown(params: Mapping[str, object]) -> dict[str, object]:
    return {
        k: formats.localize(v.normalize() + 0 if v else v) if isinstance(v, Decimal) else v for k, v in params.items()
    }


def refusal(code: str, params: Mapping[str, object]) -> str:
    """Why something can't be done."""
    return _(REFUSALS[code]) % _shown(params)


def problem(code: str, params: Mapping[str, object]) -> str:
    """What is wrong with a line of a table."""
    return _(PROBLEMS[code]) % _shown(params)


def finding(code: str) -> str:
    """What is incomplete."""
    return _(FINDINGS[code])


def component_name(code: str) -> str:
    """A component's name; a scheme's own components have theirs."""
    return str(Component(code).label) if code in Component.values else code.removeprefix("extra.")


# criteria of the preset's rubric; others are called as the scheme calls them
CRITERIA = {"presentation": gettext_noop("presentation"), "documentation": gettext_noop("documentation")}


def criterion_name(name: str) -> str:
    """A criterion of the jury's rubric, for people."""
    return _(CRITERIA[name]) if name in CRITERIA else name


def deductions(presentation: Presentation | None) -> list[tuple[str, Decimal]]:
    """What the jury deducted, by the criterion's name."""
    given = presentation.deductions if presentation else {}
    return [(criterion_name(name), Decimal(points)) for name, points in given.items()]


PART_NAMES = {"project": gettext_noop("project"), "lab": gettext_noop("lab"), "exam": gettext_noop("exam")}


def named_parts(parts: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Parts of a mark that changed, with their names for people."""
    return [(_(PART_NAMES[name]), before, after) for name, before, after in parts]
