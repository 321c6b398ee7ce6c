"""Import a roster: tried dry with a diff, applied whole or not at all, and taken back as long as nobody relies on it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import Course, Enrolment, Role, RosterImport
from arena.courses.selectors import students_of
from grader.rosters import InvalidRoster, RosterRow, read_roster


@dataclass
class RosterRefused(Exception):
    """Why a roster can't be applied or taken back: a code (see `wording`) and what fills its sentence."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RosterProblem:
    line: int
    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class RosterChange:
    """A field of a student that the file has otherwise."""

    enrolment: Enrolment
    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class RosterPlan:
    """What a roster would do. With any problem it does nothing. `missing` are in the course but not in the file."""

    new: tuple[RosterRow, ...] = ()
    changes: tuple[RosterChange, ...] = ()
    missing: tuple[Enrolment, ...] = ()
    problems: tuple[RosterProblem, ...] = ()
    n_same: int = 0

    @property
    def can_apply(self) -> bool:
        return bool(self.new or self.changes) and not self.problems


def keep_roster(course: Course, *, name: str, data: bytes, actor: User) -> RosterImport:
    """Keep an uploaded roster for the dry run."""
    return RosterImport.objects.create(course=course, name=name[:200], data=data, created_by=actor)


def plan_roster(upload: RosterImport) -> RosterPlan:
    """What applying it now would change. Raises `UnreadableFile` for what is no table."""
    with tempfile.TemporaryDirectory(prefix="arena-roster-") as folder:
        path = Path(folder) / f"roster{PurePosixPath(upload.name).suffix.lower()}"
        path.write_bytes(bytes(upload.data))
        try:
            rows = read_roster(path)
        except InvalidRoster as error:
            problems = tuple(RosterProblem(line=p.line, code=p.code, params=p.params) for p in error.problems)
            return RosterPlan(problems=problems)
    course = upload.course
    enrolled = list(course.enrolments.select_related("user"))
    by_email = {e.user.email.lower(): e for e in enrolled}
    by_number = {e.number: e for e in enrolled if e.number}
    new: list[RosterRow] = []
    changes: list[RosterChange] = []
    problems: list[RosterProblem] = []
    found: set[int] = set()
    n_same = 0
    for row in rows:
        holder = by_number.get(row.number) if row.number else None
        enrolment = by_email.get(row.email) if row.email else holder
        if enrolment is None and not row.email:
            problems.append(RosterProblem(line=row.line, code="needs_email", params={"name": row.name}))
        elif holder and enrolment != holder:
            params = {"number": row.number, "name": holder.user.name}
            problems.append(RosterProblem(line=row.line, code="number_taken", params=params))
        elif enrolment and enrolment.role != Role.STUDENT:
            problems.append(RosterProblem(line=row.line, code="is_staff", params={"name": enrolment.user.name}))
        elif enrolment is None:
            new.append(row)
        else:
            found.add(enrolment.pk)
            differs = _differences(enrolment, row)
            changes += differs
            n_same += not differs
    if len(problems) > 1 and not any(row.email for row in rows) and {p.code for p in problems} == {"needs_email"}:
        # a list without addresses is one thing to mend, not one a line
        problems = [RosterProblem(line=0, code="no_emails", params={"n": len(problems)})]
    missing = tuple(e for e in students_of(course) if e.pk not in found)
    return RosterPlan(new=tuple(new), changes=tuple(changes), missing=missing, problems=tuple(problems), n_same=n_same)


def _is_elsewhere(enrolment: Enrolment) -> bool:
    return Enrolment.objects.filter(user=enrolment.user_id).exclude(course=enrolment.course_id).exists()


def _differences(enrolment: Enrolment, row: RosterRow) -> list[RosterChange]:
    name = enrolment.user.name
    standing = {
        # an account's name is the person's own: a roster only puts right what no other course has seen
        "name": row.name if row.name != name and _is_elsewhere(enrolment) else name,
        "number": enrolment.number,
        "group": enrolment.group,
        "series": enrolment.series,
    }
    return [
        RosterChange(enrolment=enrolment, name=field, before=before, after=getattr(row, field))
        for field, before in standing.items()
        if getattr(row, field) and getattr(row, field) != before
    ]


@transaction.atomic
def apply_roster(upload: RosterImport, *, actor: User) -> RosterPlan:
    """Enrol and change everybody in the file. Raises `RosterRefused` if it was applied before or has any problem."""
    upload = RosterImport.objects.select_for_update().select_related("course").get(pk=upload.pk)
    if upload.applied_at:
        raise RosterRefused("already_applied")
    plan = plan_roster(upload)
    if not plan.can_apply:
        raise RosterRefused("problems", {"count": len(plan.problems)})
    users: list[int] = []
    enrolments: list[int] = []
    for row in plan.new:
        user = User.objects.filter(email=row.email).first()
        if user is None:
            # nobody can sign in with it until a password is set
            user = User.objects.create_user(row.email, None, name=row.name, language=upload.course.language)
            users.append(user.pk)
        made = Enrolment.objects.create(
            course=upload.course, user=user, group=row.group, series=row.series, number=row.number
        )
        enrolments.append(made.pk)
    for change in plan.changes:
        _set(change.enrolment, change.name, change.after)
    upload.applied_at = timezone.now()
    upload.done = {
        "users": users,
        "enrolments": enrolments,
        "changes": [[c.enrolment.pk, c.name, c.before, c.after] for c in plan.changes],
    }
    upload.save()
    audit("roster.applied", upload, actor=actor, new=len(plan.new), changes=len(plan.changes))
    return plan


def _set(enrolment: Enrolment, name: str, value: str) -> None:
    if name == "name":
        User.objects.filter(pk=enrolment.user_id).update(name=value)
    else:
        Enrolment.objects.filter(pk=enrolment.pk).update(**{name: value})


@transaction.atomic
def undo_roster(upload: RosterImport, *, actor: User) -> None:
    """Put back what stood before. Raises `RosterRefused` if something has changed since, or somebody has work here."""
    upload = RosterImport.objects.select_for_update().select_related("course").get(pk=upload.pk)
    if not upload.applied_at or upload.undone_at:
        raise RosterRefused("not_applied")
    for pk, name, before, after in upload.done["changes"]:
        enrolment = Enrolment.objects.select_related("user").filter(pk=pk).first()
        standing = None if enrolment is None else enrolment.user.name if name == "name" else getattr(enrolment, name)
        if enrolment is None or standing != after:
            raise RosterRefused("changed_since", {"name": enrolment.user.name if enrolment else str(pk)})
        _set(enrolment, name, before)
    for enrolment in Enrolment.objects.select_related("user").filter(pk__in=upload.done["enrolments"]):
        if _has_work(enrolment):
            raise RosterRefused("has_work", {"name": enrolment.user.name})
        enrolment.delete()
    try:
        User.objects.filter(pk__in=upload.done["users"], enrolments=None).delete()
    except ProtectedError as error:
        raise RosterRefused("has_work", {"name": str(next(iter(error.protected_objects)))}) from error
    upload.undone_at = timezone.now()
    upload.save(update_fields=["undone_at"])
    audit("roster.undone", upload, actor=actor)


def _has_work(enrolment: Enrolment) -> bool:
    """Whether marks, answers, results or submissions hang on it."""
    related = [r for r in Enrolment._meta.related_objects if r.related_model is not None]
    if any(r.related_model.objects.filter(**{r.field.name: enrolment}).exists() for r in related):
        return True
    return enrolment.user.submissions.filter(competition__course=enrolment.course_id).exists()
