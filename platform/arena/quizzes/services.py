"""Import a quiz report, resolve a nickname, undo an import: all or nothing each."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path, PurePosixPath

from django.db import transaction

from arena.accounts.models import User
from arena.audit.services import record as audit
from arena.courses.models import Course, Enrolment
from arena.courses.selectors import students_of
from arena.quizzes.models import Method, QuizPlayer, QuizSession
from grader.name_matching import RosterEntry, is_same_nickname, match
from grader.quiz_report import InvalidReport, read_report


@transaction.atomic
def import_report(
    course: Course, *, lecture: str, name: str, data: bytes, actor: User, is_preview: bool = False
) -> QuizSession:
    """Read a report and match its nicknames to the roster. Raises `InvalidReport` for a bad or repeated one.

    A preview has no effect on marks until it is applied; it makes room for the report itself.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    QuizSession.objects.filter(course=course, report_sha256=sha256, is_preview=True).delete()
    earlier = QuizSession.objects.filter(course=course, report_sha256=sha256).first()
    if earlier:
        text = f"This very report was imported before, as “{earlier.lecture}”."
        raise InvalidReport("already_imported", text, {"lecture": earlier.lecture})
    with tempfile.TemporaryDirectory(prefix="arena-quiz-") as folder:
        path = Path(folder) / f"report{PurePosixPath(name).suffix.lower()}"
        path.write_bytes(data)
        report = read_report(path)
    session = QuizSession.objects.create(
        course=course,
        lecture=known_lecture(course, lecture),
        title=report.title or "",
        report_sha256=sha256,
        imported_by=actor,
        is_preview=is_preview,
        warnings=[{"code": w.code, "params": w.params, "message": str(w)} for w in report.warnings],
    )
    roster = {str(e.pk): RosterEntry(id=str(e.pk), name=e.user.name, group=e.group) for e in students_of(course)}
    learnt = QuizPlayer.objects.filter(session__course=course, method="person", enrolment__isnull=False)
    aliases = {player.nickname: str(player.enrolment_id) for player in learnt}
    keys = {key.casefold(): str(e.pk) for e in students_of(course) for key in (e.user.email, e.number) if key}
    identified = {p.nickname: keys.get(p.identifier.casefold(), "") for p in report.players if p.identifier}
    nicknames = [p.nickname for p in report.players]
    matches = match(nicknames, list(roster.values()), aliases=aliases, identified=identified)
    QuizPlayer.objects.bulk_create(
        QuizPlayer(
            session=session,
            nickname=player.nickname,
            points=player.points,
            enrolment_id=int(matched.student_id) if matched.student_id else None,
            method=matched.method,
            confidence=matched.confidence,
            candidates=[int(pk) for pk in matched.candidates],
        )
        for player, matched in zip(report.players, matches, strict=True)
    )
    audit("quiz.imported", session, actor=actor, lecture=session.lecture, players=len(report.players), report=sha256)
    return session


def known_lecture(course: Course, lecture: str) -> str:
    """The lecture as an earlier report of the course writes it, so that `curs 1` and `Curs  1` are one lecture."""

    def bare(text: str) -> str:
        return " ".join(text.casefold().split())

    earlier = course.quizzes.values_list("lecture", flat=True)
    return next((name for name in earlier if bare(name) == bare(lecture)), " ".join(lecture.split()))


@transaction.atomic
def apply(session: QuizSession, *, actor: User) -> None:
    """Let a report that was only looked at count."""
    if QuizSession.objects.filter(pk=session.pk, is_preview=True).update(is_preview=False):
        audit("quiz.applied", session, actor=actor, lecture=session.lecture)


@transaction.atomic
def resolve(player: QuizPlayer, *, enrolment: Enrolment | None, actor: User) -> int:
    """A person says whose nickname this is; later imports learn from it, and so do the course's other quizzes in
    which the same nickname is nobody's yet. How many of those there were."""
    before = player.enrolment_id
    player.enrolment, player.method, player.confidence = enrolment, "person", 1.0
    player.save()
    audit("quiz.resolved", player, actor=actor, before=before, after=enrolment.pk if enrolment else None)
    if enrolment is None:
        return 0
    waiting = QuizPlayer.objects.filter(session__course=player.session.course_id, enrolment=None, method=Method.NONE)
    same = [other.pk for other in waiting if is_same_nickname(other.nickname, player.nickname)]
    return QuizPlayer.objects.filter(pk__in=same).update(enrolment=enrolment, method=Method.ALIAS, confidence=1.0)


@transaction.atomic
def remove(session: QuizSession, *, actor: User) -> None:
    """Undo an import; its bonuses go with it."""
    audit("quiz.removed", session, actor=actor, lecture=session.lecture)
    session.delete()
