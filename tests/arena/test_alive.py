from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.operations.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_a_sweeper_of_which_nothing_was_seen_is_not_alive():
    with pytest.raises(CommandError, match="sweeper: never seen"):
        call_command("alive")


def test_a_sweeper_seen_just_now_is_alive(capsys):
    Heartbeat.objects.create(name="sweeper", at=timezone.now(), host="here")
    call_command("alive")
    assert "ago on here" in capsys.readouterr().out


def test_a_sweeper_seen_ten_minutes_ago_is_not_alive():
    Heartbeat.objects.create(name="sweeper", at=timezone.now() - timedelta(minutes=10), host="here")
    with pytest.raises(CommandError, match="Start it: manage"):
        call_command("alive")
