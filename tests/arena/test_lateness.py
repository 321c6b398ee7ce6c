"""Late hand-ins: until when they are taken, what they cost, who reads it where."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from arena.authoring import packages
from arena.authoring.forms import BasicsForm
from arena.authoring.services import duplicate, extend
from arena.competitions.selectors import closes_for, is_private_visible, state_of
from arena.competitions.services import reveal
from arena.gradebook.models import Component, EnteredMark
from arena.gradebook.selectors import mark_sheets
from arena.integrity.services import start_after_deadlines
from arena.leaderboards.selectors import board
from arena.submissions import moderation
from arena.submissions.entries import lateness_of
from arena.submissions.intake import Refused, toggle_final

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MODEL = {"main.py": b"print('a')\n"}


@pytest.fixture
def late(cast):
    """The deadline was three hours ago; for three days half a point a day is deducted, at most one."""
    competition = cast.competition
    competition.deadline = timezone.now() - 3 * HOUR
    competition.late_hours, competition.late_deduction, competition.late_most = 72, Decimal("0.5"), Decimal(1)
    competition.save()
    return competition


def project_traces(cast, user):
    for enrolment in cast.course.enrolments.filter(role="student"):
        EnteredMark.objects.get_or_create(enrolment=enrolment, component=Component.DEDUCTION, value=0)
    sheet = next(sheet for enrolment, sheet in mark_sheets(cast.course) if enrolment.user_id == user.pk)
    return [line for line in sheet.trace if line.rule.startswith("late")]


def test_without_a_policy_nothing_is_taken_after_the_deadline(cast, files, hand_in, late):
    late.late_hours = None
    late.save()
    with pytest.raises(Refused) as refused:
        hand_in(cast.student, {"p.csv": files.half})
    assert refused.value.code == "closed"
    assert state_of(late, at=timezone.now()) == "closed"


def test_a_late_hand_in_is_taken_until_the_window_ends_and_not_a_second_longer(cast, files, hand_in, late):
    assert state_of(late, at=timezone.now()) == "late"
    end = late.deadline + 72 * HOUR
    assert closes_for(cast.student, late) == late.closes_at == end
    assert hand_in(cast.student, {"p.csv": files.half}, at=end).verdict == "ok"
    with pytest.raises(Refused) as refused:
        hand_in(cast.student, {"p.csv": files.half}, at=end + timedelta(seconds=1))
    assert (refused.value.code, refused.value.params) == ("closed", {"when": end})


def test_lateness_lowers_the_mark_by_each_day_begun_up_to_the_cap_with_a_line_in_the_trace(cast, files, hand_in, late):
    hand_in(cast.student, {"p.csv": files.perfect}, at=late.deadline + DAY + HOUR)
    hand_in(cast.classmate, {"p.csv": files.half}, at=late.deadline - HOUR)
    (line,) = project_traces(cast, cast.student)
    assert (line.rule, str(line.before), str(line.after)) == ("late", "10", "9.00")
    assert line.strings() == {"days": "2", "points": "1"}
    assert project_traces(cast, cast.classmate) == []
    submission = cast.student.submissions.get()
    submission.submitted_at = late.deadline + 2 * DAY + HOUR
    assert lateness_of(submission).points == 1


def test_a_late_hand_in_without_deduction_is_flagged(cast, files, hand_in, late):
    late.late_deduction, late.late_most = 0, None
    late.save()
    hand_in(cast.student, {"p.csv": files.perfect})
    (line,) = project_traces(cast, cast.student)
    assert (line.rule, line.is_flagged) == ("late_noted", True)


def test_what_counts_decides_so_an_earlier_final_submission_costs_nothing(cast, files, hand_in, late):
    early = hand_in(cast.student, {"p.csv": files.half}, at=late.deadline - HOUR)
    hand_in(cast.student, {"p.csv": files.perfect}, at=late.deadline + HOUR)
    assert len(project_traces(cast, cast.student)) == 1
    toggle_final(early)
    assert project_traces(cast, cast.student) == []


def test_an_extension_moves_the_deadline_from_which_lateness_counts(cast, files, hand_in, late):
    submission = hand_in(cast.student, {"p.csv": files.half}, at=late.deadline + 2 * HOUR)
    assert lateness_of(submission).days == 1
    extend(late, user=cast.student, until=late.deadline + HOUR, reason="Ill.", actor=cast.instructor)
    assert lateness_of(submission).deadline == late.deadline + HOUR
    assert closes_for(cast.student, late) == late.deadline + 73 * HOUR
    extend(late, user=cast.student, until=late.deadline + 2 * HOUR, reason="Ill.", actor=cast.instructor)
    assert lateness_of(submission) is None
    assert project_traces(cast, cast.student) == []


def test_the_private_board_stays_closed_while_somebody_may_hand_in_late(cast, files, hand_in, late):
    assert not reveal(late, at=timezone.now(), actor=cast.instructor)
    late.is_private_board_shown = True
    assert not is_private_visible(cast.student, late, at=late.closes_at)
    assert is_private_visible(cast.student, late, at=late.closes_at + timedelta(seconds=1))
    assert is_private_visible(cast.assistant, late, at=timezone.now())


def test_who_may_still_hand_in_late_may_still_withdraw(cast, files, hand_in, late):
    submission = hand_in(cast.student, {"p.csv": files.half})
    with pytest.raises(moderation.NotAllowed):
        moderation.withdraw(submission, at=late.closes_at + timedelta(seconds=1))
    assert moderation.withdraw(submission, at=timezone.now()).withdrawn_at


def test_similar_code_is_looked_for_once_the_last_late_hand_in_is_there(cast, hand_in, late):
    hand_in(cast.student, MODEL, judged=False)
    assert start_after_deadlines(at=timezone.now()) == []
    assert len(start_after_deadlines(at=late.closes_at + HOUR)) == 1
    assert start_after_deadlines(at=late.closes_at + 8 * DAY) == []


def test_a_student_reads_the_cost_before_uploading_and_the_lateness_afterwards(client, cast, files, hand_in, late):
    client.force_login(cast.student)
    for address in ("/competitions/letters/", "/competitions/letters/submit/"):
        page = client.get(address).content.decode()
        assert "What you hand in now is late (day 1). If it is what counts, the project's mark loses 0.50." in page
    submission = hand_in(cast.student, {"p.csv": files.half}, at=late.deadline + HOUR)
    page = client.get(f"/submissions/{submission.pk}/").content.decode()
    assert "late by 1\xa0hour" in page and "the project's mark loses 0.50." in page
    assert "late by 1\xa0hour" in client.get("/competitions/letters/submissions/").content.decode()
    assert "late hand-ins" in client.get("/").content.decode()
    assert "late by" not in client.get("/competitions/letters/leaderboard/").content.decode()


def test_staff_see_on_the_private_board_who_was_late(client, cast, files, hand_in, late):
    hand_in(cast.student, {"p.csv": files.half}, at=late.deadline + timedelta(seconds=20))
    hand_in(cast.classmate, {"p.csv": files.half}, at=late.deadline)
    client.force_login(cast.assistant)
    page = client.get("/competitions/letters/leaderboard/?board=private").content.decode()
    assert page.count("late by 1\xa0minute") == 1
    assert [s.late and s.late.days for s in board(late, private=True)] == [None, 1]


def test_before_the_deadline_the_policy_is_told_and_nothing_is_late(client, cast, late):
    late.deadline = timezone.now() + DAY
    late.save()
    client.force_login(cast.student)
    page = client.get("/competitions/letters/submit/").content.decode()
    assert "each day begun lowers the project's mark by 0.50. In all at most 1 are deducted." in page
    assert "What you hand in now is late" not in page


def test_a_form_refuses_a_policy_that_contradicts_itself(cast):
    def errors(**changes):
        return set(BasicsForm(changes, instance=cast.competition).errors) & {
            "late_hours", "late_deduction", "late_most",
        }  # fmt: skip

    assert errors(late_hours="24", late_deduction="0.25", late_most="2") == set()
    assert errors() == set()
    assert errors(late_deduction="0.5") == {"late_deduction"}
    assert errors(late_hours="24", late_most="2") == {"late_most"}
    assert errors(late_hours="24", is_lab_test="on") == {"late_hours"}
    assert errors(late_hours="0") == {"late_hours"}
    assert errors(late_hours="24", late_deduction="-1") == {"late_deduction"}


def test_a_copy_and_an_archive_keep_the_policy(cast, late):
    late.deadline = timezone.now() + DAY
    late.save()
    options = {"opens_at": late.opens_at, "deadline": late.deadline, "actor": cast.instructor}
    copy = duplicate(late, course=cast.course, slug="again", **options)
    archive = packages.export(late)
    type(late).objects.filter(pk=late.pk).update(slug="old")
    loaded = packages.load(archive, course=cast.course, actor=cast.instructor)
    for made in (copy, type(late).objects.get(pk=loaded.pk)):
        assert (made.late_hours, made.late_deduction, made.late_most) == (72, Decimal("0.5"), Decimal(1))


def test_the_program_interface_says_when_it_closes_and_what_is_late(client, cast, files, hand_in, late):
    from arena.accounts.tokens import issue

    headers = {"Authorization": f"Bearer {issue(cast.student, name='t', at=timezone.now())[1]}"}
    hand_in(cast.student, {"p.csv": files.half})
    (row,) = client.get("/api/v1/competitions", headers=headers).json()
    assert row["deadline"] < row["closes_at"]
    (row,) = client.get("/api/v1/competitions/letters/submissions", headers=headers).json()
    assert row["is_late"] is True
