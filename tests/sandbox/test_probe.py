"""A missing feature is named with its consequence and its fix, and a required one stops every run."""

from __future__ import annotations

import sys

import pytest

from grader.sandbox import cgroups, probe, seccomp
from grader.sandbox.probe import report

NAMES = ["bubblewrap", "user namespaces", "system-call filter", "private mounts", "control groups"]


def test_every_finding_that_is_not_well_says_what_follows_and_how_to_mend_it():
    found = report()
    assert [finding.name for finding in found][:5] == NAMES
    assert all(finding.ok or (finding.consequence and finding.fix) for finding in found)


def test_a_missing_bubblewrap_closes_the_sandbox(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert probe().backend is None
    assert "apt-get install bubblewrap" in " ".join(probe().reasons)


def test_another_system_is_refused_and_sent_to_the_docker_backend(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert probe().backend is None
    assert "Docker backend" in probe().reasons[0]


def test_an_unknown_processor_closes_the_sandbox(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seccomp, "is_supported", lambda: False)
    assert probe().backend is None


def test_no_control_groups_is_a_warning_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cgroups, "version", lambda: "none")
    finding = next(f for f in report() if f.name == "control groups")
    assert (finding.ok, finding.is_required) == (False, False)
    assert "polling" in finding.consequence
