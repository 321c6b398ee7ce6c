"""A student's program: its token, and files that it sends."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from arena.accounts.tokens import issue


@pytest.fixture
def key(cast: SimpleNamespace) -> object:
    """`key(user)`: the headers of a person's new token."""
    return lambda user: {"Authorization": f"Bearer {issue(user, name='test', at=timezone.now())[1]}"}


@pytest.fixture
def send(client: Client, bell: list[int], django_capture_on_commit_callbacks: object) -> object:
    """`send(headers, name, data)`: submit one file."""

    def do(headers: dict[str, str], name: str, data: bytes, **fields: str) -> object:
        with django_capture_on_commit_callbacks(execute=True):
            body = {"files": SimpleUploadedFile(name, data), **fields}
            return client.post("/api/v1/competitions/letters/submissions", body, headers=headers)

    return do


@pytest.fixture
def team(cast: SimpleNamespace) -> object:
    """The student and the classmate as a team."""
    from django.utils import timezone

    from arena.submissions import teams

    cast.competition.team_size = 2
    cast.competition.save()
    made = teams.create(cast.competition, name="Owls", user=cast.student, at=timezone.now())
    teams.join(cast.competition, code=made.code, user=cast.classmate, at=timezone.now())
    return made
