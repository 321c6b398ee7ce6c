"""The worker of the GPU queue runs one process per device."""

from __future__ import annotations

import os

import pytest
from django.core.management import CommandError, call_command

from grader.sandbox import gpus


def test_it_starts_as_many_processes_as_there_are_devices(monkeypatch, capsys):
    slices = [gpus.Device(uuid=f"MIG-{i}", name="slice", nodes=(), is_slice=True) for i in range(3)]
    started: list[str] = []
    monkeypatch.setattr(gpus, "discover", lambda: slices)
    monkeypatch.setattr(os, "execv", lambda path, arguments: started.extend(arguments))
    call_command("gpu_worker")
    assert started[-4:] == ["-Q", "gpu", "-c", "3"]


def test_without_a_device_it_says_where_to_look(monkeypatch):
    monkeypatch.setattr(gpus, "discover", list)
    with pytest.raises(CommandError, match=r"manage\.py doctor"):
        call_command("gpu_worker")
