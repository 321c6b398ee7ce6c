"""What handing in late costs: an exact number of points for each started day, up to a cap."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

DAY = timedelta(days=1)


def started_days(late: timedelta) -> int:
    """Days of 24 hours that have begun since the deadline; 0 for what was on time.

    >>> started_days(timedelta(0)), started_days(timedelta(seconds=1)), started_days(timedelta(days=1, seconds=1))
    (0, 1, 2)
    """
    return max(0, -(-late // DAY))


def late_points(late: timedelta, *, per_day: Decimal, most: Decimal | None = None) -> Decimal:
    """Points that lateness costs; `most` is the cap, None for no cap.

    >>> late_points(timedelta(hours=30), per_day=Decimal("0.5")), late_points(4 * DAY, per_day=Decimal(1), most=Decimal("2.5"))
    (Decimal('1.0'), Decimal('2.5'))
    """
    points = per_day * started_days(late)
    return points if most is None else min(points, most)
