"""A competition's code, a pair's sources as lines with their shared regions, and who a case weighs on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

import plagiarism
from arena.accounts.models import User
from arena.competitions.entrants import Entrants
from arena.competitions.models import Competition
from arena.courses.models import STAFF_ROLES, Course
from arena.integrity.known_code import files_of
from arena.integrity.models import CaseParty, CaseStatus, Decision, RunStatus, SimilarPair
from arena.submissions.models import Submission, Type, Use
from plagiarism.reading import display_text
from plagiarism.renames import renames

COLOURS = 6
RARE = 2  # held by nobody but the two


@dataclass(frozen=True, kw_only=True)
class Line:
    """`region` is 1.. for a shared line (regions of both sides correspond), 0 otherwise; a rare one is these two's alone."""

    number: int
    text: str
    region: int
    is_first: bool = False
    is_common: bool = False
    is_rare: bool = False

    @property
    def colour(self) -> int:
        return (self.region - 1) % COLOURS + 1 if self.region else 0


def newest_code(competition: Competition) -> list[Submission]:
    """The newest code of each student or team; one for each, so that nobody is compared with themselves or a team-mate."""
    rows = Submission.objects.exclude(use=Use.PRACTICE).filter(
        competition=competition, type=Type.CODE, is_baseline=False, is_ranked=True
    )
    rows = rows.filter(withdrawn_at=None)
    entrants = Entrants(competition)
    newest = rows.order_by("submitted_at").prefetch_related("files")
    return list({entrants.mates(submission.user_id): submission for submission in newest}.values())


def archives_for(user: User, competition: Competition) -> QuerySet[Competition]:
    """Earlier competitions with code, of courses where the user is staff: what a run may compare with too."""
    found = Competition.objects.filter(
        deadline__lt=competition.deadline, submissions__type=Type.CODE, submissions__is_baseline=False
    ).exclude(pk=competition.pk)
    if not user.is_superuser:
        found = found.filter(course__enrolments__user=user, course__enrolments__role__in=STAFF_ROLES)
    return found.distinct().select_related("course").order_by("-deadline")


def sources_of(submission: Submission) -> dict[str, bytes]:
    sources = {}
    for row in submission.files.all():
        if row.role == "source":
            with row.file.open("rb") as file:
                sources[row.name] = file.read()
    return sources


def sources_of_pair(pair: SimilarPair) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of both sides: name -> bytes."""
    return sources_of(pair.a), sources_of(pair.b) if pair.b else files_of(pair.work)


def side_by_side(pair: SimilarPair) -> list[dict[str, Any]]:
    """For each side its label, its submission or work, and its files with their lines."""
    return [
        {
            "submission": submission,
            "work": None if submission else pair.work,
            "label": label,
            "name": name,
            "key": side,
            "files": as_lines(
                {name: display_text(data) for name, data in sorted(sources.items())},
                pair.spans,
                side,
                pair.common.get(side, {}),
            ),
        }
        for side, submission, label, name, sources in zip(
            "ab",
            (pair.a, pair.b),
            (pair.label_a, pair.label_b),
            (pair.name_a, pair.name_b),
            sources_of_pair(pair),
            strict=True,
        )
    ]


def changed_names(pair: SimilarPair) -> list[tuple[str, str, int]]:
    """What was renamed between the shared regions: name, name, how often."""
    one, other = ({name: display_text(data) for name, data in files.items()} for files in sources_of_pair(pair))
    return renames(one, other, _spans(pair))


def as_engine_pair(pair: SimilarPair) -> plagiarism.Pair:
    """The pair as the engine's, with labels that name no person."""
    return plagiarism.Pair(
        a=pair.label_a,
        b=pair.label_b,
        similarity=pair.similarity,
        containment=pair.containment,
        expected=pair.expected or 0.0,
        signals=pair.signals,
        spans=tuple(_spans(pair)),
        common_a=pair.common.get("a", {}),
        common_b=pair.common.get("b", {}),
    )


def _spans(pair: SimilarPair) -> list[plagiarism.Span]:
    return [plagiarism.Span(**span) for span in pair.spans]


def as_lines(
    texts: dict[str, str], spans: list[dict[str, Any]], side: str, common: dict[str, list[int]]
) -> list[dict[str, Any]]:
    """Files as numbered lines, each with the region it lies in; a region's first line links to its counterpart."""
    linked: set[int] = set()
    files = []
    for name, text in texts.items():
        regions: dict[int, int] = {}
        for number, span in enumerate(spans, start=1):
            if span[f"file_{side}"] == name:
                for line in range(int(span[f"start_{side}"]), int(span[f"end_{side}"]) + 1):
                    regions.setdefault(line, number)
        grey = set(common.get(name, ()))
        lines = []
        for n, line in enumerate(text.split("\n"), start=1):
            region = regions.get(n, 0)
            is_first = region > 0 and region not in linked
            linked.add(region)
            is_rare = region > 0 and spans[region - 1].get("holders", 0) == RARE
            lines.append(
                Line(number=n, text=line, region=region, is_first=is_first, is_common=n in grey, is_rare=is_rare)
            )
        files.append({"name": name, "lines": lines})
    return files


def evidence_sides(document: dict[str, Any], *, only_users: Collection[int] | None = None) -> list[dict[str, Any]]:
    """The sides of frozen evidence with their lines; a student is shown none but their own or their team's."""
    return [
        {
            "user_id": side["user"],
            "label": f"#{side['submission']}" if side["submission"] else side["work"],
            "submitted_at": side["submitted_at"],
            "key": key,
            "hashes": [{"name": file["name"], "sha256": file["sha256"]} for file in side["files"]],
            "files": as_lines(
                {file["name"]: file["text"] for file in side["files"]},
                document["spans"],
                key,
                document["common"].get(key, {}),
            ),
        }
        for key, side in zip("ab", document["sides"], strict=True)
        if only_users is None or side["user"] in only_users
    ]


def withheld(course: Course) -> set[int]:
    """Users whose marks wait for a case of the course's project."""
    rows = CaseParty.objects.filter(
        case__competition__course=course,
        case__competition__is_project=True,
        case__status__in=[CaseStatus.OPEN, CaseStatus.APPEALED],
    )
    return set(rows.values_list("user_id", flat=True))


def case_outcomes(competition: Competition) -> dict[int, str]:
    """User id -> what was decided in the newest case of the competition."""
    rows = CaseParty.objects.filter(case__competition=competition).exclude(outcome="").order_by("decided_at")
    return dict(rows.values_list("user_id", "outcome"))


def n_waiting_pairs(competition: Competition, *, least: float) -> int:
    """How many pairs of the newest run, at least so similar, nobody has judged: neither at a glance nor in a case."""
    run = competition.plagiarism_runs.filter(status=RunStatus.FINISHED).first()
    if run is None:
        return 0
    parties: dict[int, set[int]] = {}
    for case, user in CaseParty.objects.filter(case__competition=competition).values_list("case_id", "user_id"):
        parties.setdefault(case, set()).add(user)
    rows = run.pairs.filter(decision=Decision.OPEN, similarity__gte=least).select_related("a", "b")
    people = [
        {side.user_id for side in (pair.a, pair.b) if side and side.competition_id == competition.pk} for pair in rows
    ]
    return sum(not any(one <= users for users in parties.values()) for one in people)
