"""What differs between two worlds, one secret at a time; who may know it, and an address where one of them does.

A secret changes in place, so that ids stay the same. What is derived from it (scores, boards, finals) is made anew by
the site's own code. Nobody but staff of the course may know any of them unless `told` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tests.arena.two_worlds.world import N_PUBLIC, UNREVEALED, World, solution, truth

BOARD = "/competitions/{}/leaderboard/"


@dataclass(frozen=True)
class Secret:
    """`seen` is (who, address): there the two worlds must differ, else the secret is none."""

    name: str
    vary: Callable[[World], None]
    seen: tuple[tuple[str, str], ...]
    told: frozenset[str] = frozenset()


def private_labels(world: World) -> None:
    """Other labels in private rows, many classes that no public row has among them, and everything judged anew."""
    from arena.competitions.models import Solution

    labels = [
        label if n < N_PUBLIC else f"c{n}" if n % 2 else "ba"["ab".index(label)] for n, label in enumerate(truth())
    ]
    text = solution(labels).encode()
    for row in Solution.objects.filter(competition__slug__in=UNREVEALED):
        _overwrite(world, row, text)
    _judge_anew(world)


def _overwrite(world: World, row: object, data: bytes) -> None:
    from arena.competitions.services import digest

    path = Path(row.file.path)
    world.files.setdefault(path, path.read_bytes())
    path.write_bytes(data)
    row.sha256 = digest(data)
    row.save()


def _judge_anew(world: World) -> None:
    """Each result that has predictions is scored again and stands again, as a regrade would do it."""
    from arena.submissions.evaluating import Stored, judges_of, score_stored
    from arena.submissions.models import Attempt
    from arena.submissions.standing import stand

    forget()
    judged = Attempt.objects.exclude(predictions="").filter(submission__competition__slug__in=UNREVEALED)
    for attempt in judged.select_related("submission__competition"):
        stored = Stored(path=Path(attempt.predictions.path), name=attempt.predictions.name)
        judgement = score_stored(stored, judges_of(attempt))
        scores, attempt.definition = judgement.evaluation, judgement.definition
        attempt.public_score, attempt.private_score = scores.public, scores.private
        attempt.interval = scores.interval
        attempt.save()
        if attempt.purpose == "live":
            stand(attempt)


def forget() -> None:
    """What the site keeps of files that never change, which here they do."""
    from django.core.cache import cache

    from arena.competitions import public_scores, truth

    cache.clear()
    for cached in (truth._read, truth._classes, public_scores._n_public):
        cached.cache_clear()


def private_scores(world: World) -> None:
    """Other private scores, in the opposite order, whatever the labels are."""
    from arena.leaderboards.models import BoardRow, Reproduction
    from arena.submissions.models import Attempt, Submission

    for model, path in ((Submission, ""), (Attempt, "submission__"), (BoardRow, "")):
        where = {f"{path}competition__slug__in": UNREVEALED, "private_score__isnull": False}
        if model is not BoardRow:
            where[f"{path}use"] = "entry"
        for row in model.objects.filter(**where):
            row.private_score = 1 - row.private_score
            if hasattr(row, "interval"):
                row.interval = [0.0, 0.25]
            row.save()
    # whose final is the better of two isn't known before either
    for row in BoardRow.objects.filter(competition__slug__in=UNREVEALED, final__isnull=False):
        row.private_at, row.final = row.last_at, row.best
        row.save()
    Reproduction.objects.update(verdict="tolerated", difference=0.0625, agreement=0.75)


def others_work(world: World) -> None:
    """Contents, comments, prints and verdict's words of what others handed in, and practice runs of theirs."""
    from arena.submissions.models import Attempt, Submission, SubmissionFile

    others = [world.cast.classmate, world.cast.heron]
    Submission.objects.filter(user__in=others).update(comment="with a net", message="said otherwise", entry="net.py")
    files = SubmissionFile.objects.filter(submission__user__in=others)
    for row in files.exclude(role="predictions"):
        _overwrite(world, row, b"print('quite another program')\n")
        row.size, row.name = 31, "net.py"
        row.save()
    files.filter(role="predictions").update(name="q.csv")
    Attempt.objects.filter(submission__user__in=others).update(
        stdout="other prints",
        stderr="other errors",
        wall_time_s=7.5,
        peak_memory_bytes=2**28,
        record={"entry": "net.py"},
    )
    practice = world.submissions["code-practice", "classmate"]
    Submission.objects.filter(pk=practice.pk).update(private_score=0.125, withdrawn_at=practice.submitted_at)
    world.submissions["letters-1", "classmate"].code = None
    world.submissions["letters-1", "classmate"].save()


def frozen_scores(world: World) -> None:
    """What others reached since the board froze: another score, one that failed, one withdrawn."""
    from arena.leaderboards.services import rebuild
    from arena.submissions.models import Attempt, Submission

    since = {who: world.submissions["frozen-1", who] for who in ("classmate", "heron")}
    for model, key in ((Submission, "pk"), (Attempt, "submission")):
        model.objects.filter(**{key: since["classmate"].pk}).update(public_score=0.3, private_score=0.3)
    Submission.objects.filter(pk=since["heron"].pk).update(withdrawn_at=since["heron"].submitted_at)
    rebuild(world.competitions["frozen"])


def disqualified(world: World) -> None:
    """The score and the reason of what was disqualified."""
    from arena.submissions.models import Submission

    row = world.submissions["frozen-0", "heron"]
    Submission.objects.filter(pk=row.pk).update(disqualified_for="copied", public_score=0.2)


def names_behind(world: World) -> None:
    """Who hides behind a pseudonym: name, address and number."""
    from arena.accounts.models import User
    from arena.courses.models import Enrolment

    heron = world.cast.heron
    User.objects.filter(pk=heron.pk).update(name="A quite different person", email="zz@test.example")
    Enrolment.objects.filter(pk=world.cast.heron_enrolment.pk).update(number="777", series="14", group="142")


def hidden_files(world: World) -> None:
    """The instructor's own metric with what it printed, and a solution that is only proposed."""
    from arena.competitions.models import MetricProgram, Solution

    MetricProgram.objects.update(
        text="def score(a, b): return 0.75", log="printed more", message="broke", line=3, state="failed",
        public_score=0.1, private_score=0.2,
    )  # fmt: skip
    Solution.objects.filter(is_proposed=True).update(n_rows=3, sha256="f" * 64)


def marks(world: World) -> None:
    """Marks since the publication or not published yet, the lab test's, requests, imports, rulings, the jury's notes."""
    from arena.gradebook import models

    mine = world.cast.student_enrolment
    models.EnteredMark.objects.filter(component="exam").update(value=Decimal("9.5"))
    models.MarkChange.objects.update(after=Decimal("9.5"))
    models.LabTarget.objects.update(target=0.5, chance=0.25)
    models.RequirementPoints.objects.update(points=Decimal(1))
    models.MarkRequest.objects.update(message="Why so many?", state="refused", answer="No.")
    models.MarkImport.objects.update(name="n.csv", data=b"Name,E-mail,Exam\n")
    models.InvalidProject.objects.update(reason="late", note="two days")
    models.Presentation.objects.update(note="well done", attendance="absent")
    models.FirstAnswer.objects.update(recorded_at=world.rows.quiz.imported_at, removed_at=world.rows.quiz.imported_at)
    models.Batch.objects.update(reason="a slip")
    others = models.PublishedMark.objects.exclude(enrolment__in=[mine, world.cast.mate_enrolment])
    others.update(exam="2", final="2", status="failed", trace=[])


def scheme(world: World) -> None:
    """A mark scheme that a regrade proposes."""
    world.rows.regrade.scheme = "# another\n"
    world.rows.regrade.save()


def quizzes(world: World) -> None:
    """Results of a quiz that nobody has applied, and those of others."""
    from arena.quizzes.models import QuizPlayer, QuizSession

    QuizSession.objects.update(title="Of trees", warnings=[])
    QuizSession.objects.filter(is_preview=True).update(lecture="9")
    QuizPlayer.objects.update(points=Decimal(1), nickname="somebody", confidence=0.5)


def suspicion(world: World) -> None:
    """Runs, pairs, decisions on them, known code, a case against others and notes on it."""
    from arena.integrity import models

    models.PlagiarismRun.objects.update(status="failed", message="stopped", n_submissions=9)
    models.SimilarPair.objects.update(similarity=0.95, note="sure", decision="dismissed", expected=0.5)
    models.Collection.objects.update(name="A book", note="seen in May", address="https://example.org/")
    models.WorkFile.objects.update(data=b"print(2)")
    models.CaseNote.objects.update(text="ask about the book")
    models.CaseParty.objects.update(answer="It was me", outcome="warning", reason="said so")
    models.Case.objects.update(status="decided")
    models.CaseEvidence.objects.update(sha256="e" * 64)


def staff_only(world: World) -> None:
    """A draft, the reason of an extension, a question nobody answered, a regrade, a roster."""
    from arena.competitions.models import Competition, Extension, Post
    from arena.courses.models import RosterImport
    from arena.regrading.models import Regrade

    Competition.objects.filter(slug="draft").update(title="Trees", description="Plant some.", metric="macro_f1")
    Extension.objects.update(
        reason="travels",
        until=world.rows.extension.until + (world.rows.extension.until - world.rows.question.created_at),
    )
    Post.objects.filter(pk=world.rows.question.pk).update(text="May one copy?")
    Regrade.objects.update(reason="other labels", status="ready", diff={}, n_runs=3)
    RosterImport.objects.update(name="s.csv", data=b"Name,E-mail\nOther,other@test.example\n")


def of_others(world: World) -> None:
    """What one person alone reads: tokens, notices, a team's code and whom it invited; the language of others."""
    from arena.accounts.models import ApiToken, User
    from arena.competitions.models import Team, TeamInvitation
    from arena.notifications.models import Notification

    others = [world.cast.classmate, world.cast.heron]
    ApiToken.objects.filter(user__in=others).update(
        name="for my phone", scopes=["read"], used_at=world.rows.notice.created_at
    )
    Notification.objects.filter(user__in=others).update(code="asked", read_at=world.rows.notice.created_at, url="/x")
    Team.objects.filter(pk=world.rows.other_team.pk).update(code="another-code")
    TeamInvitation.objects.update(invited_by=world.cast.heron)
    User.objects.filter(pk__in=[one.pk for one in others]).update(language="ro", may_create_courses=True)


def audit_log(world: World) -> None:
    """What staff did, which no model may change: the table is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_event SET details = %s, origin = 'elsewhere'", ['{"note": "changed"}'])


SECRETS = (
    Secret("private labels", private_labels, (("assistant", BOARD.format("letters") + "?board=private"),)),
    Secret("private scores", private_scores, (("assistant", BOARD.format("closed") + "?board=private"),)),
    Secret("others' work", others_work, (("assistant", "/competitions/letters/submissions/"),)),
    Secret("scores since the freeze", frozen_scores, (("assistant", BOARD.format("frozen")),)),
    Secret("what was disqualified", disqualified, (("assistant", "/competitions/frozen/submissions/"),)),
    Secret("names behind pseudonyms", names_behind, (("assistant", BOARD.format("letters")),)),
    Secret("hidden files", hidden_files, (("instructor", "/competitions/draft/edit/metric/"),)),
    Secret("marks", marks, (("assistant", "/courses/ml/marks/table/"),)),
    Secret("a proposed scheme", scheme, (("instructor", "/regrades/{regrade}/"),)),
    Secret("quizzes", quizzes, (("assistant", "/courses/ml/quizzes/"),)),
    Secret(
        "suspicion", suspicion, (("assistant", "/competitions/letters/plagiarism/"), ("assistant", "/cases/{case}/"))
    ),
    Secret("staff only", staff_only, (("instructor", "/competitions/draft/edit/task/"),)),
    Secret("of others", of_others, (("classmate", "/account/tokens/"), ("classmate", "/notifications/"))),
    Secret("audit log", audit_log, (("admin", "/audit/"),)),
)
