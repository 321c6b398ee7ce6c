"""The project's mark: from a rank or a score, less the deduction, under the baseline's gate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from grader.schemes import Band, Scheme
from grader.trace import TraceLine

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class CompetitionFacts:
    """`direction` is `higher` or `lower`; without `baseline_private` there is no gate. `best_private` serves one setting."""

    direction: str
    baseline_private: float | None
    n_ranked: int
    best_private: float | None = None


COPIED = ("confirmed", "penalty")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectRecord:
    """A student's project: private rank (1-based) and score, deduction in points, whether presented, whether valid.

    `public_rank` and `public` serve schemes that rank by the public board. `disqualified` projects leave the ranking.
    `plagiarism` is `none`, `open` (somebody must decide), `confirmed`, or `penalty`: confirmed, and a person decided in
    a case that the project does not count. `decided` is a mark set by a person.
    `late_days` are the days begun between the deadline and the hand-in, `late_points` what they cost.
    Of a team's project `team` is the name, the same for each member, and `members` their names.
    """

    rank: int | None
    private: float | None
    deduction: Decimal = ZERO
    presented: bool = True
    valid: bool = True
    public_rank: int | None = None
    public: float | None = None
    enrolled: bool = True
    disqualified: bool = False
    plagiarism: str = "none"
    decided: Decimal | None = None
    late_days: int = 0
    late_points: Decimal = ZERO
    team: str = ""
    members: str = ""


@dataclass(frozen=True, kw_only=True)
class ProjectMark:
    """The mark after deduction and gate, and the rules that acted."""

    value: Decimal
    trace: tuple[TraceLine, ...]


def band_of(rank: int, *, n_ranked: int, scheme: Scheme) -> Band:
    """The band of a 1-based rank, its edges scaled by the number of ranked participants where the scheme says so."""
    if rank < 1:
        raise ValueError(f"ranks start at 1, not at {rank}")
    first = 1
    for band, last in zip(scheme.bands, [*band_edges(n_ranked=n_ranked, scheme=scheme), None], strict=True):
        if last is None or rank <= last:
            return Band(mark=band.mark, first=first, last=last)
        first = last + 1
    raise AssertionError("the last band is open")


def band_edges(*, n_ranked: int, scheme: Scheme) -> list[int]:
    """The last rank of every band but the open last one; where bands are scaled down, some may be empty."""
    edges = []
    for band in scheme.bands:
        if band.last is None:
            continue
        last = band.last
        if scheme.band_policy == "scaled":
            edge = Decimal(last) * n_ranked / scheme.reference_participants
            last = int(edge.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        edges.append(last)
    return edges


def places_to_next_band(rank: int, *, n_ranked: int, scheme: Scheme) -> int | None:
    """How many places up the better band begins; None in the best band."""
    band = band_of(rank, n_ranked=n_ranked, scheme=scheme)
    return None if band.first == 1 else rank - band.first + 1


def exceeds_baseline(score: float, *, competition: CompetitionFacts) -> bool:
    """Strictly better than the baseline, in the metric's direction; without a baseline, always."""
    baseline = competition.baseline_private
    if baseline is None:
        return True
    return score > baseline if competition.direction == "higher" else score < baseline


def project_mark(record: ProjectRecord | None, *, competition: CompetitionFacts, scheme: Scheme) -> ProjectMark:
    """The project's mark. Raises ValueError for a rank below 1, or if the scheme needs a best score and there is none."""
    value, trace = _by_the_rules(record, competition, scheme)
    if record is None:
        return ProjectMark(value=value, trace=tuple(trace))
    if record.team:
        trace.insert(0, TraceLine(rule="team", params={"team": record.team, "members": record.members}))
    if record.plagiarism == "open":
        trace.append(TraceLine(rule="plagiarism_open", after=value))
    elif (record.plagiarism in COPIED and scheme.plagiarism == "project") or (
        record.plagiarism == "penalty" and scheme.plagiarism == "decision" and record.decided is None
    ):
        trace.append(TraceLine(rule="plagiarism_project", before=value, after=scheme.plagiarism_project))
        value = scheme.plagiarism_project
    elif record.plagiarism == "confirmed" and scheme.plagiarism == "decision" and record.decided is None:
        trace.append(TraceLine(rule="plagiarism_undecided", after=value))
    if record.decided is not None:
        trace.append(TraceLine(rule="decided", before=value, after=record.decided))
        value = record.decided
    return ProjectMark(value=value, trace=tuple(trace))


def _by_the_rules(
    record: ProjectRecord | None, competition: CompetitionFacts, scheme: Scheme
) -> tuple[Decimal, list[TraceLine]]:
    """The mark before any person's decision about it."""
    if record is None:
        return _without("no_project", ZERO)
    if record.disqualified:
        return _without("disqualified", scheme.invalid)
    if not record.valid or record.rank is None or record.private is None:
        return _without("invalid_project", scheme.invalid)
    if not record.presented and scheme.not_presented == "no_mark":
        return _without("not_presented", ZERO)
    mark, trace = _before_deduction(record.rank, record.private, competition=competition, scheme=scheme)
    if record.presented:
        rule, deduction = "deduction", min(max(record.deduction, ZERO), scheme.max_deduction)
    else:
        rule, deduction = "not_presented_deduction", scheme.max_deduction
    if deduction:
        after = min(mark, max(mark - deduction, scheme.floor))
        trace.append(TraceLine(rule=rule, params={"points": deduction}, before=mark, after=after))
        mark = after
    if record.late_days:
        after = min(mark, max(mark - record.late_points, scheme.floor))
        params = {"days": record.late_days, "points": record.late_points}
        trace.append(
            TraceLine(rule="late" if record.late_points else "late_noted", params=params, before=mark, after=after)
        )
        mark = after
    if competition.baseline_private is None:
        trace.append(TraceLine(rule="no_baseline", before=mark, after=mark))
        return mark, trace
    params = _scores(record.private, competition.baseline_private)
    if exceeds_baseline(record.private, competition=competition):
        trace.append(TraceLine(rule="baseline_passed", params=params, before=mark, after=mark))
        return mark, trace
    capped = min(mark, scheme.gate_cap)
    params["cap"] = scheme.gate_cap
    trace.append(TraceLine(rule="baseline_gate", params=params, before=mark, after=capped))
    return capped, trace


def _without(rule: str, mark: Decimal) -> tuple[Decimal, list[TraceLine]]:
    return mark, [TraceLine(rule=rule, after=mark)]


def _before_deduction(
    rank: int, private: float, *, competition: CompetitionFacts, scheme: Scheme
) -> tuple[Decimal, list[TraceLine]]:
    if scheme.mark_from == "linear_in_score" and competition.baseline_private is not None:
        return _linear_in_score(private, competition.baseline_private, competition.best_private, scheme)
    band = band_of(rank, n_ranked=competition.n_ranked, scheme=scheme)
    params: dict[str, object] = {"rank": rank, "first": band.first}
    if band.last is None:
        return band.mark, [TraceLine(rule="band_open", params=params, after=band.mark)]
    params["last"] = band.last
    trace = [TraceLine(rule="band", params=params, after=band.mark)]
    if scheme.mark_from != "linear_in_band":
        return band.mark, trace
    below = band_of(band.last + 1, n_ranked=competition.n_ranked, scheme=scheme).mark
    share = Decimal(rank - band.first) / (band.last - band.first + 1)
    mark = (band.mark - share * (band.mark - below)).quantize(CENT, rounding=ROUND_HALF_UP)
    return mark, [*trace, TraceLine(rule="linear_in_band", params=params, before=band.mark, after=mark)]


def _linear_in_score(
    private: float, baseline: float, best: float | None, scheme: Scheme
) -> tuple[Decimal, list[TraceLine]]:
    """From the last band's mark at the baseline to the first band's at the best score, to two decimals."""
    if best is None:
        raise ValueError("marks in proportion to the score need the best private score")
    low, high = scheme.bands[-1].mark, scheme.bands[0].mark
    share = ZERO
    if all(map(math.isfinite, (private, baseline, best))) and best != baseline:
        exact, start, end = (Decimal(repr(float(score))) for score in (private, baseline, best))
        share = min(max((exact - start) / (end - start), ZERO), Decimal(1))
    mark = (low + share * (high - low)).quantize(CENT, rounding=ROUND_HALF_UP)
    params: dict[str, object] = {**_scores(private, baseline), "best": f"{best:.6g}"}
    return mark, [TraceLine(rule="linear_in_score", params=params, after=mark)]


def _scores(score: float, baseline: float) -> dict[str, object]:
    """Both in six digits, or in full where that would hide which is better."""
    short: dict[str, object] = {"score": f"{score:.6g}", "baseline": f"{baseline:.6g}"}
    if score != baseline and short["score"] == short["baseline"]:
        return {"score": repr(float(score)), "baseline": repr(float(baseline))}
    return short
