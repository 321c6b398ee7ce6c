"""Which rank counts for each project: of which board, among whom, and what a tie is worth."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.project_marks import ProjectRecord
from grader.schemes import Scheme
from grader.trace import TraceLine


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A project with the rank that counts, and the rules by which it differs from the board's."""

    record: ProjectRecord
    trace: tuple[TraceLine, ...] = ()


def places_of(
    projects: Sequence[ProjectRecord | None], *, n_ranked: int, scheme: Scheme
) -> tuple[list[Place | None], int]:
    """A place per project, in the given order, and how many are ranked.

    Who is disqualified leaves the ranking, and the ranks below close up. Where only the enrolled are ranked, the others
    leave it too. The members of a team hold one rank together. Raises ValueError if the scheme asks for the public board and a ranked project has no public rank.
    """
    rank_of = [_rank(project, scheme) for project in projects]
    ranked = list(_entries(projects, rank_of))
    leaving = sorted(rank for project, rank in ranked if _leaves(project, scheme))
    staying = sorted(rank for project, rank in ranked if not _leaves(project, scheme))
    only_enrolled = scheme.ranked == "enrolled"
    effective: list[int | None] = []
    for project, rank in zip(projects, rank_of, strict=True):
        if project is None or rank is None or _leaves(project, scheme):
            effective.append(None)
        elif only_enrolled:
            effective.append(bisect_left(staying, rank) + 1)
        else:
            effective.append(rank - bisect_left(leaving, rank))
    best: dict[float, int] = {}
    if scheme.rank_ties == "shared":
        for project, rank in zip(projects, effective, strict=True):
            score = _score(project, scheme)
            if rank is not None and score is not None:
                best[score] = min(rank, best.get(score, rank))
    found = [_place(p, rank, best, scheme) for p, rank in zip(projects, effective, strict=True)]
    return found, len(staying) if only_enrolled else max(n_ranked - len(leaving), 0)


def _entries(
    projects: Sequence[ProjectRecord | None], ranks: Sequence[int | None]
) -> Iterator[tuple[ProjectRecord, int]]:
    """Each ranked entry once: a team at its first member that stays in the ranking, or at any if none does."""
    teams: dict[str, tuple[ProjectRecord, int]] = {}
    for project, rank in zip(projects, ranks, strict=True):
        if project is None or rank is None:
            continue
        if not project.team:
            yield project, rank
        elif project.team not in teams or (project.enrolled and not project.disqualified):
            teams[project.team] = (project, rank)
    yield from teams.values()


def _rank(project: ProjectRecord | None, scheme: Scheme) -> int | None:
    if project is None or not project.valid or project.rank is None or project.private is None:
        return None
    if scheme.board == "private":
        return project.rank
    if project.public_rank is None:
        raise ValueError("the scheme ranks by the public board, so every ranked project needs its public rank")
    return project.public_rank


def _leaves(project: ProjectRecord, scheme: Scheme) -> bool:
    return project.disqualified or (scheme.ranked == "enrolled" and not project.enrolled)


def _score(project: ProjectRecord | None, scheme: Scheme) -> float | None:
    if project is None:
        return None
    return project.private if scheme.board == "private" else project.public


def _place(project: ProjectRecord | None, rank: int | None, best: dict[float, int], scheme: Scheme) -> Place | None:
    if project is None:
        return None
    if rank is None or project.rank is None:
        return Place(record=project)
    trace: list[TraceLine] = []
    own = project.rank
    if scheme.board == "public" and project.public_rank is not None:
        own = project.public_rank
        trace.append(TraceLine(rule="public_rank", params={"rank": own, "private_rank": project.rank}))
    if rank != own:
        rule = "enrolled_rank" if scheme.ranked == "enrolled" else "closed_up"
        trace.append(TraceLine(rule=rule, params={"own_rank": own, "rank": rank}))
    score = _score(project, scheme)
    shared = best.get(score, rank) if score is not None else rank
    if shared != rank:
        params = {"score": f"{score:.6g}", "own_rank": rank, "rank": shared}
        trace.append(TraceLine(rule="shared_rank", params=params))
    return Place(record=project if shared == project.rank else replace(project, rank=shared), trace=tuple(trace))
