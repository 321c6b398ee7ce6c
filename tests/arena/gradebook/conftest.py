"""A course of many students with a project board, for the tests of marks."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest


@pytest.fixture
def marked(cast, files, hand_in):
    """The cast with both students on the board (perfect and half right) above a baseline, and every mark entered."""
    from django.utils import timezone

    from arena.gradebook.services import enter_marks
    from arena.leaderboards.models import BoardRow

    hand_in(cast.student, {"p.csv": files.perfect})
    hand_in(cast.classmate, {"p.csv": files.half})
    BoardRow.objects.create(
        competition=cast.competition, user=cast.instructor, is_baseline=True, is_ranked=False, private_score=0.4
    )
    ids = (cast.student_enrolment.pk, cast.classmate_enrolment.pk)
    values = {"exam": "7", "lab_test": "8", "other_lab": "8", "deduction": "0"}
    entries = {(pk, component): Decimal(value) for pk in ids for component, value in values.items()}
    batch = enter_marks(cast.course, entries, actor=cast.assistant)
    # over, so that no rank can change any more
    cast.competition.deadline = timezone.now() - timedelta(hours=1)
    cast.competition.save()
    return SimpleNamespace(**vars(cast), cast=cast, batch=batch, a=cast.student_enrolment, b=cast.classmate_enrolment)
