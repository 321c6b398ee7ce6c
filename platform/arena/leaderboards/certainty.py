"""How sure a private board is: who is statistically tied, and how likely each one's band of ranks is.

Computed from the stored predictions of the final submissions, and kept until one of them, the labels or the metric changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache

from arena.accounts.models import User
from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution
from arena.competitions.truth import parsed
from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import board
from arena.leaderboards.standings import Standing
from arena.submissions.evaluating import Stored, stored_predictions
from arena.submissions.models import Submission
from grader.metrics import get_metric
from grader.predictions import InvalidPredictions, Predictions
from grader.predictions import Solution as Truth
from grader.scoring import read_for_metric
from grader.significance import BandOdds, band_odds, board_rows, tied_groups

KEPT_S = 24 * 3600
# a program can't be run a thousand times, and vectors are no table of predictions
UNKNOWN = frozenset({"own", "embeddings"})


@dataclass(frozen=True, kw_only=True)
class Certainty:
    """A ranked participant: the group of statistically tied ones (1 is the best), and how likely each band is."""

    standing: Standing
    group: int
    odds: BandOdds


def certainties(competition: Competition, *, edges: Sequence[int], reader: User | None = None) -> list[Certainty]:
    """The private board's ranked participants whose predictions are stored, best first.

    `edges` are the last ranks of all bands but the open last one. Empty while fewer than two have a score.
    A `reader` who is no staff reads pseudonyms.
    """
    standings = [
        s for s in board(competition, private=True, reader=reader) if s.rank is not None and s.row.final_id is not None
    ]
    finals = (
        Submission.objects.select_related("result")
        .prefetch_related("files")
        .in_bulk([s.row.final_id for s in standings])
    )
    found = [(s, stored) for s in standings if (stored := stored_file(finals[s.row.final_id]))]
    if len(found) < 2 or get_metric(competition.metric).takes in UNKNOWN:
        return []
    gate = _gate(competition)
    solution = current_solution(competition)
    parts = [solution.pk, competition.metric, *edges, *(stored.name for _, stored in found), gate.name if gate else ""]
    key = "certainty-" + hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
    computed = cache.get(key)
    if computed is None:
        truth = parsed(solution, metric=competition.metric)
        computed = _compute([stored for _, stored in found], gate, truth, competition.metric, edges)
        cache.set(key, computed, KEPT_S)
    groups, odds = computed
    pairs = zip(found, groups, odds, strict=True)
    return [Certainty(standing=s, group=group, odds=chance) for (s, _), group, chance in pairs if chance is not None]


def _compute(
    found: Sequence[Stored], gate: Stored | None, truth: Truth, metric: str, edges: Sequence[int]
) -> tuple[list[int], list[BandOdds | None]]:
    """Group and odds of each file; of one that the present labels refuse, 0 and None."""
    entries = [_read(stored, truth, metric) for stored in found]
    read = [i for i, entry in enumerate(entries) if entry is not None]
    if not read or not (truth.usage_codes == 1).any():
        return [0] * len(found), [None] * len(found)
    rows = board_rows([entry for entry in entries if entry is not None], solution=truth, metric=metric)
    baseline = _read(gate, truth, metric) if gate else None
    gate_rows = board_rows([baseline], solution=truth, metric=metric) if baseline else None
    groups, odds = [0] * len(found), [None] * len(found)
    for i, group, chance in zip(read, tied_groups(rows), band_odds(rows, edges=edges, baseline=gate_rows), strict=True):
        groups[i], odds[i] = group, chance
    return groups, odds


def _read(stored: Stored, truth: Truth, metric: str) -> Predictions | None:
    try:
        return read_for_metric(stored.path, solution=truth, metric=metric, allow_gzip=stored.is_gzip)
    except (InvalidPredictions, OSError):
        return None


def stored_file(submission: Submission) -> Stored | None:
    """The file that gave the submission its scores; None where it was not kept."""
    result = submission.result
    if result is None:
        return None
    if result.predictions:
        is_gzip = any(
            file.role == "predictions" and file.name.lower().endswith(".gz") for file in submission.files.all()
        )
        return Stored(path=Path(result.predictions.path), name=result.predictions.name, is_gzip=is_gzip)
    return stored_predictions(result)


def _gate(competition: Competition) -> Stored | None:
    """The baseline that a project must exceed."""
    rows = BoardRow.objects.filter(competition=competition, is_baseline=True, private_score__isnull=False)
    if competition.gate_baseline:
        rows = rows.filter(label=competition.gate_baseline)
    is_higher = get_metric(competition.metric).direction == "higher"
    row = rows.select_related("final__result").order_by("-private_score" if is_higher else "private_score").first()
    return stored_file(row.final) if row and row.final else None
