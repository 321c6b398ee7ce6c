"""Import a table of marks: kept, tried dry, then applied whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from arena.accounts.models import User
from arena.courses.models import Course
from arena.gradebook.models import Batch, MarkImport, Source
from arena.gradebook.services import Refused, enter_marks
from arena.gradebook.tables import Plan, plan_import, read_rows


def keep_upload(course: Course, *, examination: str, name: str, data: bytes, actor: User) -> MarkImport:
    """Keep an uploaded table with the columns that its headers suggest. Raises `UnreadableFile`."""
    plan = plan_import(course, read_rows(name, data), examination=examination)
    columns = {str(column.index): column.component for column in plan.columns if column.component}
    return MarkImport.objects.create(
        course=course, examination=examination, name=name[:200], data=data, columns=columns, created_by=actor
    )


def dry_run(upload: MarkImport) -> Plan:
    """What applying it now would change."""
    rows = read_rows(upload.name, bytes(upload.data))
    return plan_import(upload.course, rows, examination=upload.examination, chosen=upload.columns)


def choose_columns(upload: MarkImport, columns: Mapping[str, str]) -> None:
    """Say which column is which component."""
    upload.columns = {index: component for index, component in columns.items() if component}
    upload.save(update_fields=["columns"])


@transaction.atomic
def apply_import(upload: MarkImport, *, actor: User, reason: str) -> Batch:
    """Enter every mark of the table. Raises `Refused` if it was applied before, or has any problem."""
    upload = MarkImport.objects.select_for_update().select_related("course").get(pk=upload.pk)
    if upload.batch_id:
        raise Refused("already_applied")
    plan = dry_run(upload)
    if not plan.can_apply:
        raise Refused("import_problems", {"count": len(plan.problems)})
    entries = {(change.enrolment.pk, change.component): change.after for change in plan.changes}
    batch = enter_marks(
        upload.course,
        entries,
        actor=actor,
        examination=upload.examination,
        source=Source.IMPORT,
        reason=f"{upload.name}: {reason}"[:300] if reason else upload.name,
    )
    assert batch is not None
    upload.batch = batch
    upload.save(update_fields=["batch"])
    return batch
