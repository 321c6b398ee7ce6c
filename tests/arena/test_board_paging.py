"""A long board in pages: everybody is on one of them, and a search covers all without telling who hides behind a name."""

from __future__ import annotations

import pytest

from arena.courses.models import Enrolment

BOARD = "/competitions/letters/leaderboard/"


@pytest.fixture
def rows(client, cast, files, hand_in, monkeypatch):
    """What the classmate sees on one page of one row: names and ranks."""
    monkeypatch.setattr("arena.leaderboards.paging.PER_PAGE", 1)
    hand_in(cast.student, {"p.csv": files.perfect})
    hand_in(cast.classmate, {"p.csv": files.half})
    client.force_login(cast.classmate)

    def read(query: str) -> list[tuple[str, int]]:
        return [(s.name, s.rank) for s in client.get(BOARD + query).context["shown"].page]

    return read


def test_ranks_go_on_from_page_to_page_and_a_page_too_many_is_the_last(rows):
    assert rows("") == rows("?page=1") == rows("?page=x") == [("The student", 1)]
    assert rows("?page=2") == rows("?page=99") == [("The classmate", 2)]


def test_one_finds_oneself_from_any_page(client, rows):
    assert 'page=2#me">Go to my row' in client.get(BOARD).content.decode()
    assert 'href="#me">Go to my row' in client.get(f"{BOARD}?page=2").content.decode()


def test_a_search_covers_all_pages_and_folds_diacritics(client, rows):
    assert rows("?q=clássmate") == [("The classmate", 2)]
    assert rows("?q=nobody") == []
    assert "called “nobody”" in client.get(f"{BOARD}?q=nobody").content.decode()


def test_a_search_for_a_name_behind_a_pseudonym_finds_nothing(cast, rows):
    Enrolment.objects.filter(user=cast.student).update(pseudonym="Marigold")
    assert rows("?q=student") == []
    assert rows("?q=marigold") == [("Marigold", 1)]


def test_a_page_asks_for_news_of_itself(client, rows):
    poll = client.get(f"{BOARD}?page=2&q=class").context["poll"]
    assert poll.startswith(f"{BOARD}?board=public&q=class&page=1&seen=")
