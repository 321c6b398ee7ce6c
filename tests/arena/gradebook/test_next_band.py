"""The student's page says what the public board asks for a better band just now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.gradebook.models import SchemeVersion
from arena.gradebook.selectors import scheme_document
from grader.schemes.editing import with_edges


@pytest.fixture
def narrow(cast):
    """The first rank gets the best band, the second the next one."""
    document = with_edges(scheme_document(cast.course), [1, 2, 3, 4, 5])
    SchemeVersion.objects.create(course=cast.course, document=document, author=cast.instructor, reason="r")


def asked(client, user) -> str:
    client.force_login(user)
    return client.get(reverse("next_band", args=["letters"])).content.decode()


def test_the_second_reads_the_first_one_s_public_score_and_the_first_that_it_is_the_best_band(
    client, cast, files, hand_in, narrow
):
    hand_in(cast.classmate, {"p.csv": files.perfect})
    hand_in(cast.student, {"p.csv": files.half})
    page = asked(client, cast.student)
    assert "<b>1.00</b>" in page
    assert "public score at the edge of the band 10" in page
    assert "place up to it" in page
    assert "your band: public rank 2" in page
    assert "The best band, as the public board stands now." in asked(client, cast.classmate)
    client.force_login(cast.student)
    assert (
        reverse("next_band", args=["letters"]) in client.get(reverse("submissions", args=["letters"])).content.decode()
    )


def test_nothing_is_said_where_there_is_no_rank_no_live_board_or_no_more_time(client, cast, files, hand_in, narrow):
    assert asked(client, cast.student).strip() == ""
    hand_in(cast.student, {"p.csv": files.half})
    assert "your band" in asked(client, cast.student)
    competition, now = cast.competition, timezone.now()
    for changes in (
        {"freezes_at": now - timedelta(hours=1)},
        {"is_project": False},
        {"opens_at": now - timedelta(days=3), "deadline": now - timedelta(days=1)},
    ):
        before = {name: getattr(competition, name) for name in changes}
        type(competition).objects.filter(pk=competition.pk).update(**changes)
        assert asked(client, cast.student).strip() == ""
        type(competition).objects.filter(pk=competition.pk).update(**before)


def test_an_unchanged_board_is_not_drawn_again(client, cast, files, hand_in, settings):
    hand_in(cast.student, {"p.csv": files.half})
    client.force_login(cast.classmate)
    poll = client.get(reverse("leaderboard", args=["letters"])).context["poll"]
    ask = {"HX-Request": "true"}
    assert {client.get(poll, headers=ask).status_code for _ in range(3)} <= {204, 200}
    assert client.get(poll.partition("&")[0], headers=ask).status_code == 200
    hand_in(cast.student, {"p.csv": files.perfect})
    answer = client.get(poll, headers=ask)
    assert answer.status_code == 200
    assert b">1.00<" in answer.content
