"""What a student must not learn before its time, by any way round."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db
PERFECT_PRIVATE = b"id,label\n01,b\n02,a\n03,a\n04,b\n05,a\n06,b\n"
ALL_PRIVATE = "id,label\n01,a\n02,b\n03,a\n04,b\n05,a\n06,b\n"


def mark_page(client, user):
    client.force_login(user)
    return client.get("/courses/ml/marks/mine/")


@pytest.fixture
def entered(cast, files, hand_in):
    """Both students have submitted, and all but the project is entered."""
    from arena.gradebook.services import enter_marks

    hand_in(cast.student, {"p.csv": files.half})
    hand_in(cast.classmate, {"p.csv": PERFECT_PRIVATE})
    values = {"exam": "7", "lab_test": "8", "other_lab": "8", "deduction": "0"}
    ids = (cast.student_enrolment.pk, cast.classmate_enrolment.pk)
    entries = {(pk, name): Decimal(value) for pk in ids for name, value in values.items()}
    enter_marks(cast.course, entries, actor=cast.assistant)


def test_a_board_to_be_shown_after_the_deadline_gives_no_provisional_mark_before_it(client, cast, entered):
    cast.competition.is_private_board_shown = True
    cast.competition.save()
    assert mark_page(client, cast.student).context["sheet"] is None
    client.post("/courses/ml/marks/mine/ask/", {"line": "0", "message": "Which rank?"})
    assert cast.student_enrolment.mark_requests.count() == 0
    cast.competition.deadline = timezone.now() - timedelta(hours=1)
    cast.competition.save()
    assert mark_page(client, cast.student).context["sheet"] is not None


def test_a_provisional_mark_leaves_out_the_lab_test_until_its_scores_are_shown(client, cast, entered):
    from arena.gradebook.models import EnteredMark, LabTarget, RequirementPoints

    EnteredMark.objects.filter(component="lab_test").delete()
    cast.competition.is_project, cast.competition.is_lab_test = False, True
    cast.competition.save()
    LabTarget.objects.create(competition=cast.competition, target=1, chance=0)
    RequirementPoints.objects.create(competition=cast.competition, enrolment=cast.student_enrolment, points=4)
    hidden = mark_page(client, cast.student).context["sheet"].lab
    cast.competition.is_private_board_shown, cast.competition.deadline = True, timezone.now()
    cast.competition.save()
    shown = mark_page(client, cast.student).context["sheet"].lab
    # half of 8 for the other labs; then also half of 0.4 of the test's 4 + 3 points
    assert (hidden, shown) == ("4", "5.40")


def test_an_extended_student_sees_no_private_score_while_submitting(client, cast, files, hand_in):
    from arena.competitions.models import Extension
    from arena.competitions.selectors import is_private_visible

    hand_in(cast.student, {"p.csv": files.half})
    now = timezone.now()
    cast.competition.deadline, cast.competition.is_private_board_shown = now - timedelta(hours=1), True
    cast.competition.save()
    Extension.objects.create(competition=cast.competition, user=cast.student, until=now + timedelta(days=1))
    seen = [is_private_visible(user, cast.competition, at=now) for user in (cast.student, cast.classmate)]
    assert seen == [False, True]
    assert is_private_visible(cast.student, cast.competition, at=now + timedelta(days=2))


def test_a_board_without_public_rows_does_not_tell_which_submission_is_best(client, cast, hand_in, tmp_path, files):
    from arena.competitions.services import set_solution
    from arena.leaderboards.selectors import board

    (tmp_path / "private.csv").write_text(ALL_PRIVATE)
    set_solution(cast.competition, path=tmp_path / "private.csv")
    start = timezone.now() - timedelta(hours=2)
    best = hand_in(cast.student, {"p.csv": files.perfect}, at=start)
    hand_in(cast.classmate, {"p.csv": files.half}, at=start + timedelta(minutes=10))
    hand_in(cast.student, {"p.csv": files.half}, at=start + timedelta(minutes=20))
    client.force_login(cast.student)
    assert client.get(f"/competitions/letters/leaderboard/mine/?submission={best.pk}").context["counts"] is False
    # the last to submit is last, whichever of the submissions is the best one
    assert [s.name for s in board(cast.competition, private=False)] == ["The classmate", "The student"]
    assert [(s.name, s.score) for s in board(cast.competition, private=True)] == [
        ("The student", 1.0),
        ("The classmate", 0.5),
    ]
