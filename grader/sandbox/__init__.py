"""Run a stranger's program, bounded, with no network and nothing of the site in reach."""

from grader.sandbox.base import Capabilities, Job, Limits, Sandbox, SandboxUnavailable
from grader.sandbox.bubblewrap import open_sandbox, probe

__all__ = ["Capabilities", "Job", "Limits", "Sandbox", "SandboxUnavailable", "open_sandbox", "probe"]
