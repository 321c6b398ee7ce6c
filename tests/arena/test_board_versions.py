"""What an open board asks with: nothing is drawn while nothing changed, and nothing hidden can be told from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import View
from arena.leaderboards.services import rebuild
from arena.leaderboards.versions import board_version

NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)


@pytest.fixture
def version(cast):
    def ask(*, reader=cast.student, view=View.PUBLIC, at=NOON):
        return board_version(cast.competition, reader=reader, view=view, at=at)

    return ask


def test_a_version_stays_within_a_minute_and_changes_with_a_result(cast, files, hand_in, version):
    hand_in(cast.student, {"p.csv": files.half})
    before = version()
    assert version(at=NOON + timedelta(seconds=40)) == before
    assert version(at=NOON + timedelta(seconds=60)) != before
    hand_in(cast.classmate, {"p.csv": files.perfect})
    assert version() != before


def test_a_version_is_keyed_so_that_nobody_finds_a_score_by_trying(cast, files, hand_in, settings, version):
    hand_in(cast.student, {"p.csv": files.half})
    before = version()
    settings.SECRET_KEY = "another site"
    assert version() != before


def test_a_version_stays_when_the_rows_are_made_anew_and_read_the_same(cast, files, hand_in, version):
    for user in (cast.student, cast.classmate):
        hand_in(user, {"p.csv": files.half})
    before = version()
    rebuild(cast.competition)
    assert version() == before


@pytest.mark.parametrize(
    ("view", "seen"),
    [(View.PUBLIC, {"public"}), (View.FROZEN, {"frozen"}), (View.PRIVATE, {"private"})],
)
def test_a_version_changes_with_the_scores_of_its_view_and_with_no_others(cast, files, hand_in, version, view, seen):
    hand_in(cast.student, {"p.csv": files.half})
    hand_in(cast.classmate, {"p.csv": files.half})
    BoardRow.objects.update(n_frozen=1)
    before = version(view=view)
    for of in ("public", "private", "frozen"):
        BoardRow.objects.update(**{f"{of}_score": 0.123})
        after = version(view=view)
        assert (after != before) == (of in seen), of
        before = after


def test_a_frozen_version_says_nothing_of_what_came_in_since(cast, files, hand_in, version):
    hand_in(cast.student, {"p.csv": files.half})
    BoardRow.objects.update(n_frozen=1)
    before = version(view=View.FROZEN)
    hand_in(cast.classmate, {"p.csv": files.perfect})
    assert version(view=View.FROZEN) == before


def test_a_version_says_nothing_of_a_disqualified_row_but_to_its_owner_and_the_staff(cast, files, hand_in, version):
    hand_in(cast.student, {"p.csv": files.half})
    hand_in(cast.classmate, {"p.csv": files.half})
    BoardRow.objects.filter(user=cast.classmate).update(is_disqualified=True)
    people = (cast.student, cast.classmate, cast.assistant)
    before = [version(reader=who) for who in people]
    BoardRow.objects.filter(user=cast.classmate).update(public_score=0.25)
    changed = [version(reader=who) != old for who, old in zip(people, before, strict=True)]
    assert changed == [False, True, True]
