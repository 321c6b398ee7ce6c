"""Show a long board in pages, with a search over all of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from arena.leaderboards.standings import PublicStanding, Standing

# most courses fit on one page, which the browser filters by itself
PER_PAGE = 250


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a page shows of a board. `my_page` is the one with the reader's row, None where the search leaves it out."""

    page: Page[PublicStanding | Standing]
    wanted: str
    my_page: int | None

    @property
    def is_split(self) -> bool:
        return self.page.paginator.num_pages > 1 or bool(self.wanted)


def plain(text: str) -> str:
    """Without case and diacritics, as the browser's own filter compares.

    >>> plain("Lăcrămioara Țopăilă")
    'lacramioara topaila'
    """
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()


def shown(
    standings: Sequence[PublicStanding] | Sequence[Standing],
    *,
    wanted: str,
    number: str,
    mine: PublicStanding | Standing | None,
) -> Shown:
    """The page of this number among the rows whose names hold `wanted`; the nearest one if there is none."""
    wanted = wanted.strip()[:100]
    found = [s for s in standings if _has(s, plain(wanted))] if wanted else list(standings)
    place = next((i for i, s in enumerate(found) if s is mine), None)
    return Shown(
        page=Paginator(found, PER_PAGE).get_page(number),
        wanted=wanted,
        my_page=None if place is None else place // PER_PAGE + 1,
    )


def _has(standing: PublicStanding | Standing, wanted: str) -> bool:
    return any(wanted in plain(name) for name in (standing.name, *standing.member_names))
