"""A frozen board for students, the live one for staff, and the private board revealed by one button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from arena.accounts.tokens import issue
from arena.audit.models import Event
from arena.authoring.forms import BasicsForm
from arena.authoring.services import duplicate, save_settings
from arena.competitions.services import reveal
from arena.leaderboards.selectors import board
from arena.leaderboards.shown import shown_board


@pytest.fixture
def frozen(cast, files, hand_in):
    """The classmate led with 0.5 when it froze an hour ago; since then the student has 1 and the classmate a second entry."""
    now = timezone.now()
    competition = cast.competition
    competition.freezes_at = now - timedelta(hours=1)
    competition.save()
    hand_in(cast.classmate, {"p.csv": files.half}, at=now - timedelta(hours=2))
    hand_in(cast.classmate, {"p.csv": files.perfect}, at=now - timedelta(minutes=9))
    hand_in(cast.student, {"p.csv": files.perfect}, at=now - timedelta(minutes=10))
    return competition


def seen(competition, reader, at=None):
    rows = shown_board(competition, reader=reader, at=at or timezone.now())
    return [(s.name, s.rank, s.score, s.n_entries) for s in rows]


LIVE = [("The student", 1, 1.0, 1), ("The classmate", 2, 1.0, 2)]
THEN = [("The classmate", 1, 0.5, 1)]


def test_students_see_the_board_as_it_stood_and_staff_see_it_live(cast, frozen):
    assert seen(frozen, cast.student) == seen(frozen, cast.classmate) == THEN
    assert seen(frozen, cast.assistant) == seen(frozen, cast.admin) == LIVE


def test_the_board_is_live_for_students_before_it_freezes_and_after_the_deadline(cast, frozen):
    second = timedelta(seconds=1)
    assert seen(frozen, cast.student, frozen.freezes_at - second) == LIVE
    assert seen(frozen, cast.student, frozen.freezes_at) == THEN
    assert seen(frozen, cast.student, frozen.deadline) == THEN
    assert seen(frozen, cast.student, frozen.deadline + second) == LIVE


def test_no_page_and_no_program_of_a_student_tells_what_came_after_the_freeze(client, cast, frozen):
    client.force_login(cast.classmate)
    page = client.get("/competitions/letters/leaderboard/").content.decode()
    assert "The board is frozen" in page
    assert "The student" not in page
    assert "0.50<" in page and "1.00<" not in page
    assert "1<small> / 1</small>" in client.get("/competitions/letters/leaderboard/mine/").content.decode()
    assert "The student" not in client.get("/").content.decode()
    _, token = issue(cast.classmate, name="t", at=timezone.now())
    rows = client.get("/api/v1/competitions/letters/leaderboard", headers={"Authorization": f"Bearer {token}"}).json()
    assert [(r["rank"], r["score"], r["submissions"]) for r in rows] == [(1, 0.5, 1)]
    client.force_login(cast.student)
    assert client.get("/competitions/letters/leaderboard/").status_code == 200
    assert client.get("/competitions/letters/leaderboard/mine/").status_code == 200


def test_a_new_moment_makes_the_frozen_board_anew(cast, frozen):
    frozen.freezes_at = timezone.now() - timedelta(minutes=9, seconds=30)
    save_settings(frozen, actor=cast.instructor, changed=["freezes_at"])
    assert seen(frozen, cast.classmate) == [("The student", 1, 1.0, 1), ("The classmate", 2, 0.5, 1)]


@pytest.mark.parametrize(("hours", "is_right"), [(-25, False), (0, True), (25, False)])
def test_a_board_freezes_between_opening_and_deadline(cast, hours, is_right):
    competition = cast.competition
    data = {name: getattr(competition, name) for name in BasicsForm.Meta.fields}
    data |= {"total_limit": "", "freezes_at": timezone.now() + timedelta(hours=hours)}
    form = BasicsForm(data, instance=competition)
    assert ("freezes_at" in form.errors) is not is_right


def test_the_private_board_is_revealed_after_the_deadline_once_and_on_record(cast, frozen):
    late = frozen.deadline + timedelta(seconds=1)
    assert reveal(frozen, at=frozen.deadline, actor=cast.instructor) is False
    assert reveal(frozen, at=late, actor=cast.instructor) is True
    assert reveal(frozen, at=late, actor=cast.instructor) is False
    assert Event.objects.get(action="competition.revealed").actor == cast.instructor


def test_instructors_reveal_by_a_button_and_students_see_the_shake_up(client, cast, frozen):
    frozen.deadline = timezone.now() - timedelta(seconds=5)
    frozen.save()
    for user in (cast.student, cast.assistant, cast.outsider):
        client.force_login(user)
        assert client.post("/competitions/letters/leaderboard/reveal/").status_code == 404
        if user != cast.outsider:
            assert "Reveal the private board" not in client.get("/competitions/letters/leaderboard/").content.decode()
    client.force_login(cast.instructor)
    assert "Reveal the private board" in client.get("/competitions/letters/leaderboard/").content.decode()
    client.post("/competitions/letters/leaderboard/reveal/")
    client.force_login(cast.student)
    assert "Shake-up" in client.get("/competitions/letters/leaderboard/?board=private").content.decode()
    assert [s.rank for s in board(frozen, private=True)] == [1, 2]


def test_a_copy_freezes_as_long_before_its_own_deadline(cast, frozen):
    opens_at = frozen.opens_at + timedelta(days=365)
    copy = duplicate(
        frozen,
        course=cast.course,
        slug="next",
        opens_at=opens_at,
        deadline=frozen.deadline + timedelta(days=365),
        actor=cast.instructor,
    )
    assert copy.freezes_at == frozen.freezes_at + timedelta(days=365)
