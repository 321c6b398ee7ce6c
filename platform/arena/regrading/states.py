"""How everybody stands: rank and scores on the board, and band, marks and passing in the examinations that it feeds."""

from __future__ import annotations

from dataclasses import dataclass, field

from arena.accounts.models import User
from arena.competitions.models import Competition
from arena.gradebook.models import Kind
from arena.gradebook.selectors import lab_test_results, mark_sheets, project_of
from arena.leaderboards.selectors import board
from arena.regrading.changes import open_examinations
from arena.regrading.models import Regrade
from grader.marks import MarkSheet

NOTHING = {"rank": None, "private": None, "public": None, "band": "", "project": "", "final": "", "status": ""}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One participant of one examination; the first examination's standings hold rank and scores too."""

    user: User
    examination: str
    # of a baseline
    label: str = ""
    values: dict[str, object] = field(default_factory=NOTHING.copy)


State = dict[str, Standing]


def examinations(regrade: Regrade) -> list[str]:
    """The examinations whose marks a regrade can move: those that take a mark from its competition, and with a proposed
    mark scheme all that aren't frozen."""
    found = [kind for kind in Kind.values if feeds(regrade.competition, kind)]
    if regrade.scheme:
        found += [kind for kind in open_examinations(regrade.competition) if kind not in found]
    return found


def feeds(competition: Competition, kind: str) -> bool:
    """Whether an examination's marks depend on this competition: as the project, or as the lab test."""
    if project_of(competition.course, kind) == competition:
        return True
    if kind != Kind.FIRST or not competition.is_lab_test:
        return False
    test = lab_test_results(competition.course)
    return test is not None and test.competition == competition


def state(regrade: Regrade) -> State:
    """Everybody's standing now."""
    competition, kinds = regrade.competition, examinations(regrade)
    first = kinds[0] if kinds else ""
    found: State = {}
    for s in board(competition, private=True):
        for user in s.people:
            key = f"baseline {s.row.pk}" if s.row.is_baseline else f"{first} {user.pk}"
            standing = found[key] = Standing(user=user, examination=first, label=s.row.label)
            standing.values.update(rank=s.rank, private=s.score, public=s.row.public_score)
    for kind in kinds:
        for enrolment, sheet in mark_sheets(competition.course, examination=kind):
            standing = found.setdefault(f"{kind} {enrolment.user_id}", Standing(user=enrolment.user, examination=kind))
            standing.values.update(
                band=band_of_sheet(sheet),
                project=str(sheet.project),
                final="" if sheet.final is None else str(sheet.final),
                status=sheet.status,
            )
    return found


def band_of_sheet(sheet: MarkSheet) -> str:
    """The places of the band that gave a project its mark, such as `1-20` or `121+`; empty where no band did."""
    for line in sheet.trace:
        if line.rule == "band":
            return f"{line.params['first']}–{line.params['last']}"
        if line.rule == "band_open":
            return f"{line.params['first']}+"
    return ""
