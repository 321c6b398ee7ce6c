"""Withdrawn and disqualified: what counts no longer, who may decide it, and how it is undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.accounts.tokens import issue
from arena.audit.models import Event
from arena.gradebook.selectors import mark_sheets
from arena.leaderboards.selectors import board
from arena.leaderboards.services import rebuild
from arena.submissions import moderation
from arena.submissions.intake import Refused, quota_left, toggle_final
from arena.submissions.models import Disqualification


def ranks(competition, *, private=False, reader=None):
    return [(s.name, s.rank, s.score) for s in board(competition, private=private, reader=reader)]


@pytest.fixture
def two(cast, files, hand_in):
    """The student leads with 1, the classmate has 0.5."""
    return hand_in(cast.student, {"p.csv": files.perfect}), hand_in(cast.classmate, {"p.csv": files.half})


def test_a_withdrawn_submission_leaves_the_board_to_the_next_best_and_keeps_its_place_in_the_quota(
    cast, files, hand_in, two
):
    first, _ = two
    hand_in(cast.student, {"p.csv": files.half})
    toggle_final(first)
    moderation.withdraw(first, at=timezone.now())
    assert ranks(cast.competition) == [("The classmate", 1, 0.5), ("The student", 2, 0.5)]
    assert ranks(cast.competition, private=True) == [("The classmate", 1, 0.5), ("The student", 2, 0.5)]
    assert quota_left(cast.student, cast.competition, at=timezone.now()) == 1
    rebuild(cast.competition)
    assert ranks(cast.competition) == [("The classmate", 1, 0.5), ("The student", 2, 0.5)]
    with pytest.raises(Refused, match="can't be a final one"):
        toggle_final(type(first).objects.get(pk=first.pk))


def test_who_withdraws_everything_is_on_no_board_and_has_no_project(cast, two):
    moderation.withdraw(two[0], at=timezone.now())
    assert ranks(cast.competition) == [("The classmate", 1, 0.5)]
    moderation.restore(two[0], at=timezone.now())
    assert ranks(cast.competition) == [("The student", 1, 1.0), ("The classmate", 2, 0.5)]


def test_nothing_is_withdrawn_after_the_deadline_or_twice(cast, two):
    late = cast.competition.deadline + timedelta(seconds=1)
    with pytest.raises(moderation.NotAllowed, match="deadline has passed"):
        moderation.withdraw(two[0], at=late)
    moderation.withdraw(two[0], at=timezone.now())
    with pytest.raises(moderation.NotAllowed, match="already"):
        moderation.withdraw(two[0], at=timezone.now())
    with pytest.raises(moderation.NotAllowed, match="deadline has passed"):
        moderation.restore(two[0], at=late)


def test_a_disqualified_submission_counts_nowhere_and_its_author_reads_why(client, cast, two):
    moderation.disqualify(two[0], reason="  Labels were\nscraped. ", actor=cast.instructor)
    assert ranks(cast.competition) == [("The classmate", 1, 0.5), ("The student", None, None)]
    client.force_login(cast.student)
    told = client.get(reverse("notifications")).content.decode()
    assert "A submission of yours in Letters is disqualified: Labels were scraped." in told
    assert "Labels were scraped." in client.get(reverse("submission", args=[two[0].pk])).content.decode()
    event = Event.objects.get(action="submission.disqualified")
    assert (event.actor, event.details["reason"]) == (cast.instructor, "Labels were scraped.")
    moderation.requalify(two[0], actor=cast.instructor)
    assert ranks(cast.competition)[0] == ("The student", 1, 1.0)


def test_a_disqualification_needs_a_reason(cast, two):
    with pytest.raises(moderation.NotAllowed, match="Say why"):
        moderation.disqualify(two[0], reason=" \n ", actor=cast.instructor)
    with pytest.raises(moderation.NotAllowed, match="Say why"):
        moderation.exclude(cast.competition, cast.student, reason="", actor=cast.instructor)
    assert not Disqualification.objects.exists()
    assert ranks(cast.competition)[0] == ("The student", 1, 1.0)


def test_without_a_participant_the_ranks_close_up_and_other_students_do_not_read_of_it(
    client, cast, files, hand_in, two
):
    moderation.exclude(cast.competition, cast.student, reason="Two accounts.", actor=cast.instructor)
    hand_in(cast.student, {"p.csv": files.perfect})
    staff_see = [("The student", None, 1.0), ("The classmate", 1, 0.5)]
    assert ranks(cast.competition, reader=cast.assistant) == staff_see
    assert ranks(cast.competition, reader=cast.student) == staff_see
    assert ranks(cast.competition, reader=cast.classmate) == [("The classmate", 1, 0.5)]
    client.force_login(cast.assistant)
    assert (
        '<span class="badge bad">disqualified</span>'
        in client.get("/competitions/letters/leaderboard/").content.decode()
    )
    moderation.readmit(cast.competition, cast.student, at=timezone.now(), actor=cast.instructor)
    assert ranks(cast.competition, reader=cast.classmate)[0] == ("The student", 1, 1.0)
    assert [e.action for e in Event.objects.filter(action__startswith="participant")] == [
        "participant.readmitted",
        "participant.disqualified",
    ]


def test_a_disqualified_participant_has_no_project_mark_by_rank(cast, two):
    def traces():
        return {e.user.name: str(s.trace) for e, s in mark_sheets(cast.course)}

    assert "disqualified" not in traces()["The student"]
    moderation.exclude(cast.competition, cast.student, reason="Two accounts.", actor=cast.instructor)
    assert "disqualified" in traces()["The student"]
    assert "disqualified" not in traces()["The classmate"]


def test_a_student_withdraws_only_what_is_their_own(client, cast, two):
    address = reverse("withdraw_submission", args=[two[0].pk])
    for user in (cast.classmate, cast.instructor, cast.outsider):
        client.force_login(user)
        assert client.post(address).status_code == 404
    client.force_login(cast.student)
    assert client.get(address).status_code == 405
    client.post(address)
    assert [r[0] for r in ranks(cast.competition)] == ["The classmate"]
    client.post(address, {"undo": "1"})
    assert [r[0] for r in ranks(cast.competition)] == ["The student", "The classmate"]


def test_instructors_alone_disqualify(client, cast, two):
    address = reverse("disqualify_submission", args=[two[0].pk])
    for user in (cast.student, cast.classmate, cast.assistant, cast.outsider):
        client.force_login(user)
        assert client.post(address, {"reason": "No.", "whole": "1"}).status_code == 404
    client.force_login(cast.instructor)
    client.post(address, {"reason": "Two accounts.", "whole": "1"})
    assert Disqualification.objects.get().reason == "Two accounts."
    client.post(address, {"whole": "1", "undo": "1"})
    client.post(address, {"reason": "Scraped."})
    assert ranks(cast.competition)[-1] == ("The student", None, None)
    client.post(address, {"undo": "1"})
    assert ranks(cast.competition)[0] == ("The student", 1, 1.0)


def test_the_api_withdraws_and_says_what_counts(client, cast, two):
    pk = two[0].pk
    _, mine = issue(cast.student, name="t", at=timezone.now())
    _, other = issue(cast.classmate, name="t", at=timezone.now())
    address = f"/api/v1/submissions/{pk}/withdrawal"
    assert client.post(address, headers={"Authorization": f"Bearer {other}"}).status_code == 404
    headers = {"Authorization": f"Bearer {mine}"}
    answer = client.post(address, headers=headers).json()
    assert (answer["is_withdrawn"], answer["disqualified_for"]) == (True, "")
    again = client.post(address, headers=headers)
    assert (again.status_code, again.json()["code"]) == (422, "not_allowed")
    names = [r["name"] for r in client.get("/api/v1/competitions/letters/leaderboard", headers=headers).json()]
    assert names == ["The classmate"]
    assert client.delete(address, headers=headers).json()["is_withdrawn"] is False
