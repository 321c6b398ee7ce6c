"""What an open board asks with: nothing is drawn while nothing changed, and the digest can't be tried out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from arena.leaderboards.selectors import board_version

NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)


def test_a_version_stays_within_a_minute_and_changes_with_a_result(cast, files, hand_in):
    hand_in(cast.student, {"p.csv": files.half})
    before = board_version(cast.competition, at=NOON)
    assert board_version(cast.competition, at=NOON + timedelta(seconds=40)) == before
    assert board_version(cast.competition, at=NOON + timedelta(seconds=60)) != before
    hand_in(cast.classmate, {"p.csv": files.perfect})
    assert board_version(cast.competition, at=NOON) != before


def test_a_version_is_keyed_so_that_nobody_finds_a_private_score_by_trying(cast, files, hand_in, settings):
    hand_in(cast.student, {"p.csv": files.half})
    before = board_version(cast.competition, at=NOON)
    settings.SECRET_KEY = "another site"
    assert board_version(cast.competition, at=NOON) != before
