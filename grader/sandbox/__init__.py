"""Run a stranger's program, bounded, with no network and nothing of the site in reach."""

from grader.sandbox.base import Capabilities, Job, Limits, Sandbox, SandboxUnavailable
from grader.sandbox.bubblewrap import open_sandbox
from grader.sandbox.probe import Finding
from grader.sandbox.probe import capabilities as probe
from grader.sandbox.record import describe

__all__ = [
    "Capabilities",
    "Finding",
    "Job",
    "Limits",
    "Sandbox",
    "SandboxUnavailable",
    "describe",
    "open_sandbox",
    "probe",
]
