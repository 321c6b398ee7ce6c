"""A day of submissions lasts from midnight to midnight in the course's time zone, also when it has 23 or 25 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from arena.submissions.quota import local_midnight, quota_resets_at

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "begins", "ends", "hours"),
    [
        # an ordinary day, one second before and at its end; Bucharest is two hours ahead in winter
        (datetime(2026, 11, 21, 21, 59, 59), datetime(2026, 11, 20, 22), datetime(2026, 11, 21, 22), 24),
        (datetime(2026, 11, 21, 22, 0, 0), datetime(2026, 11, 21, 22), datetime(2026, 11, 22, 22), 24),
        # 25 October: 04:00 becomes 03:00; both passes of 03:30
        (datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 24, 21), datetime(2026, 10, 25, 22), 25),
        (datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 24, 21), datetime(2026, 10, 25, 22), 25),
        # 29 March: 03:00 becomes 04:00
        (datetime(2026, 3, 29, 12, 0), datetime(2026, 3, 28, 22), datetime(2026, 3, 29, 21), 23),
    ],
)
def test_a_day_has_as_many_hours_as_the_clock_says(at, begins, ends, hours):
    at = at.replace(tzinfo=UTC)
    first, last = local_midnight(at).astimezone(UTC), quota_resets_at(at).astimezone(UTC)
    assert (first, last) == (begins.replace(tzinfo=UTC), ends.replace(tzinfo=UTC))
    assert (last - first) / HOUR == hours
