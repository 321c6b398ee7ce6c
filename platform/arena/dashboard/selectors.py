"""What the first page tells each person about their courses: competitions, own standings, what is being judged."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from arena.accounts.models import User
from arena.competitions.models import Competition
from arena.competitions.selectors import state_of, visible_competitions
from arena.courses.models import Course
from arena.courses.selectors import courses_of, is_course_staff, is_instructor
from arena.leaderboards.shown import shown_board
from arena.leaderboards.standings import PublicStanding
from arena.submissions.models import Status, Submission
from arena.submissions.shown_scores import SubmissionScores


@dataclass(frozen=True, kw_only=True)
class CompetitionCard:
    """A competition on the first page. `mine` is the reader's own public standing, if there is one."""

    competition: Competition
    state: str
    n_ranked: int
    mine: PublicStanding | None


@dataclass(frozen=True, kw_only=True)
class CourseSection:
    course: Course
    is_staff: bool
    is_instructor: bool
    cards: list[CompetitionCard]


def sections(user: User) -> list[CourseSection]:
    """The person's courses with their competitions: the open ones first, then those to come, then the closed."""
    order = {"draft": 0, "open": 1, "late": 2, "soon": 3, "closed": 4}
    seen = visible_competitions(user)
    return [
        CourseSection(
            course=course,
            is_staff=is_course_staff(user, course),
            is_instructor=is_instructor(user, course),
            cards=sorted(
                (_card(user, competition) for competition in seen if competition.course_id == course.pk),
                key=lambda card: order[card.state],
            ),
        )
        for course in courses_of(user)
    ]


def _card(user: User, competition: Competition) -> CompetitionCard:
    now = timezone.now()
    state = state_of(competition, at=now)
    standings = shown_board(competition, reader=user, at=now)
    return CompetitionCard(
        competition=competition,
        state=state,
        n_ranked=sum(s.rank is not None for s in standings),
        mine=next((s for s in standings if s.is_of(user)), None),
    )


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What is going on: the newest submissions that the reader may see, and how much of all work is judged.

    Each has a `shown_score`, its public score as the reader gets it.
    """

    submissions: list[Submission]
    n_judged: int
    n_submissions: int
    n_running: int

    @property
    def is_busy(self) -> bool:
        return self.n_judged < self.n_submissions


def activity(user: User, *, newest: int = 6) -> Activity:
    """Counts are over the reader's courses; the list is the reader's own, and everybody's where they are staff."""
    courses = list(courses_of(user))
    everywhere = Submission.entries.filter(competition__course__in=courses)
    counts = everywhere.aggregate(
        n_submissions=Count("pk"),
        n_judged=Count("pk", filter=Q(status__in=[Status.FINISHED, Status.CANCELLED])),
        n_running=Count("pk", filter=Q(status=Status.RUNNING)),
    )
    staffed = [course for course in courses if is_course_staff(user, course)]
    visible: QuerySet[Submission] = everywhere.filter(Q(user=user) | Q(competition__course__in=staffed))
    # the newest work first, as far as it has moved: what waits says nothing yet
    rows = visible.select_related("user").order_by("-result", "-pk")
    shown = list(rows.select_related("competition__course", "release")[:newest])
    scores = {s.competition_id: SubmissionScores(s.competition, user) for s in shown}
    for row in shown:
        row.shown_score = scores[row.competition_id].of(row)
    return Activity(submissions=shown, **counts)
