"""Make the shadow attempts of a regrade's next items: in the database, without a row passing through Python."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from arena.regrading.models import Regrade, RegradeItem
from arena.submissions.models import Attempt, Purpose

ATTEMPTS, ITEMS = Attempt._meta.db_table, RegradeItem._meta.db_table
NEXT_NUMBER = f"(SELECT COALESCE(MAX(number), 0) + 1 FROM {ATTEMPTS} a WHERE a.submission_id = i.submission_id)"  # noqa: S608
REUSED = f"FROM {ATTEMPTS} b WHERE b.id = i.base_id AND b.predictions <> ''"  # our own names


def make_shadows(regrade: Regrade, item_ids: Sequence[int]) -> None:
    """One shadow attempt for each of these items, or `n_runs` of them. In the caller's transaction."""
    overrides = {**regrade.changes, **({"solution": regrade.solution_id} if regrade.solution_id else {})}
    template = Attempt(purpose=Purpose.SHADOW, overrides=overrides, created_at=timezone.now())
    computed = {
        "submission_id": "i.submission_id",
        "number": NEXT_NUMBER,
        "reuses_id": f"(SELECT b.id {REUSED})" if regrade.scores_only else "NULL",
    }
    if regrade.scores_only:  # whose predictions are scored again, theirs is the runtime and the record of the run
        computed["runtime_sha256"] = f"COALESCE((SELECT b.runtime_sha256 {REUSED}), '')"
        computed["record"] = f"COALESCE((SELECT b.record {REUSED}), '{{}}')"
    columns, parts, values = [], [], []
    for field in Attempt._meta.concrete_fields:
        if field.primary_key:
            continue
        columns.append(connection.ops.quote_name(field.column))
        parts.append(computed.get(field.attname, "%s"))
        if field.attname not in computed:
            values.append(field.get_db_prep_save(field.pre_save(template, add=True), connection))
    marks = ", ".join(["%s"] * len(item_ids))
    newest = f"(SELECT MAX(a.id) FROM {ATTEMPTS} a WHERE a.submission_id = i.submission_id)"  # noqa: S608
    with connection.cursor() as cursor:
        for _ in range(regrade.n_runs):
            cursor.execute(
                f"INSERT INTO {ATTEMPTS} ({', '.join(columns)}) SELECT {', '.join(parts)} FROM {ITEMS} i "  # noqa: S608
                f"WHERE i.id IN ({marks}) ORDER BY i.id",
                [*values, *item_ids],
            )
            if regrade.n_runs > 1:
                cursor.execute(
                    f"INSERT INTO {RegradeItem.runs.through._meta.db_table} (regradeitem_id, attempt_id) "  # noqa: S608
                    f"SELECT i.id, {newest} FROM {ITEMS} i WHERE i.id IN ({marks})",
                    list(item_ids),
                )
        cursor.execute(
            f"UPDATE {ITEMS} SET shadow_id = (SELECT MAX(a.id) FROM {ATTEMPTS} a "  # noqa: S608
            f"WHERE a.submission_id = {ITEMS}.submission_id) WHERE id IN ({marks})",
            list(item_ids),
        )
