"""Real servers for the tests of this folder: started once, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty database on a PostgreSQL of our own."""
    from arena.stack.postgres import postgres_server

    with postgres_server() as url:
        yield url
