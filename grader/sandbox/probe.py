"""What this machine offers to a sandbox, looked at and tried, never assumed.

`report()` names each feature with what follows from its absence and how to mend it; `capabilities()` is the same as
values. Required features fail closed: without one of them no code runs. Nothing here changes the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import cgroups, gpus, seccomp
from grader.sandbox.base import Capabilities, SandboxUnavailable
from grader.sandbox.nursery import nursery

INSTALL = "apt-get install bubblewrap (Debian, Ubuntu) or dnf install bubblewrap (Fedora)."
APPARMOR = """abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }"""
NAMESPACES_FIX = (
    "Set the sysctls kernel.unprivileged_userns_clone=1 (Debian) and user.max_user_namespaces=15000. On Ubuntu 23.10 or "
    f"later write this into /etc/apparmor.d/bwrap and run `apparmor_parser -r /etc/apparmor.d/bwrap`:\n{APPARMOR}"
)
NO_CODE = "No code is run: submissions wait until this is mended."


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One feature. `consequence` and `fix` are sentences, empty where all is well.

    Without an `is_required` feature no code is run; without another, something named is weaker.
    """

    name: str
    ok: bool
    detail: str
    consequence: str = ""
    fix: str = ""
    is_required: bool = False


def report() -> list[Finding]:
    """Every feature of this machine that a sandbox uses, the required ones first."""
    if sys.platform != "linux":
        return [
            Finding(
                name="linux",
                ok=False,
                detail=sys.platform,
                consequence=f"Sandboxes need Linux. {NO_CODE}",
                fix="Run the worker on Linux, or choose the Docker backend (docs/security.md).",
                is_required=True,
            )
        ]
    binary = shutil.which("bwrap")
    mounts, overlays = _mounts()
    return [
        _bubblewrap(binary),
        _namespaces(binary),
        _filter(),
        mounts,
        _control_groups(),
        _memory_peak(),
        overlays,
        _gpus(),
    ]


def capabilities() -> Capabilities:
    """The report as values; `reasons` are the sentences of what is missing."""
    found = report()
    by_name = {finding.name: finding.ok for finding in found}
    usable = all(finding.ok for finding in found if finding.is_required)
    return Capabilities(
        backend="bubblewrap" if usable else None,
        cgroup=cgroups.version() if sys.platform == "linux" else "none",
        userns=by_name.get("user namespaces", False),
        seccomp=by_name.get("system-call filter", False),
        gpus=len(gpus.discover()) if sys.platform == "linux" else 0,
        reasons=tuple(f"{f.name}: {f.detail}. {f.consequence} {f.fix}" for f in found if not f.ok),
    )


def _bubblewrap(binary: str | None) -> Finding:
    if binary is None:
        return Finding(
            name="bubblewrap", ok=False, detail="not on PATH", consequence=NO_CODE, fix=INSTALL, is_required=True
        )
    shown = subprocess.run([binary, "--version"], capture_output=True, text=True, env={}, check=False).stdout.strip()
    has_sizes = (
        "--size" in subprocess.run([binary, "--help"], capture_output=True, text=True, env={}, check=False).stdout
    )
    return Finding(
        name="bubblewrap",
        ok=has_sizes,
        detail=shown or "of unknown version",
        consequence="" if has_sizes else f"This version is older than 0.8. {NO_CODE}",
        fix="" if has_sizes else INSTALL,
        is_required=True,
    )


def _namespaces(binary: str | None) -> Finding:
    """Really start bubblewrap once, with the namespaces that a job gets."""
    detail = "bubblewrap is missing"
    if binary is not None:
        command = [binary, "--unshare-all", "--unshare-user", "--disable-userns", "--ro-bind", "/", "/", "true"]
        tried = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        if tried.returncode == 0:
            return Finding(name="user namespaces", ok=True, detail="bubblewrap starts", is_required=True)
        detail = tried.stderr.strip()[:200] or f"bubblewrap ended with code {tried.returncode}"
    fix = NAMESPACES_FIX if binary is not None else INSTALL
    return Finding(name="user namespaces", ok=False, detail=detail, consequence=NO_CODE, fix=fix, is_required=True)


def _filter() -> Finding:
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    knows_actions = actions.exists() and {"errno", "kill_process"} <= set(actions.read_text().split())
    ok = seccomp.is_supported() and knows_actions
    return Finding(
        name="system-call filter",
        ok=ok,
        detail=f"{os.uname().machine}, kernel {os.uname().release}",
        consequence="" if ok else f"The filter knows x86-64 on kernels with seccomp only. {NO_CODE}",
        fix="" if ok else "Run the worker on an x86-64 machine with CONFIG_SECCOMP_FILTER.",
        is_required=True,
    )


def _mounts() -> tuple[Finding, Finding]:
    """Ask the process that really makes the boxes."""
    try:
        started = nursery()
        problem, overlay = started.problem, started.overlay
    except SandboxUnavailable as error:
        problem, overlay = str(error), False
    mounts = Finding(
        name="private mounts",
        ok=not problem,
        detail=problem or "a sized tmpfs can be mounted where only the job sees it",
        consequence=f"Disk space and the number of files could not be bounded. {NO_CODE}" if problem else "",
        fix=f"In a container, run it privileged or with CAP_SYS_ADMIN; else: {NAMESPACES_FIX}" if problem else "",
        is_required=True,
    )
    overlays = Finding(
        name="hidden host names",
        ok=overlay,
        detail="overlays work" if overlay else "overlays can't be mounted",
        consequence=""
        if overlay
        else "A program can read the names (not the contents) of the host's folders that "
        "hold the data and the runtime, in /proc/self/mountinfo.",
        fix="" if overlay else "Load the kernel module: modprobe overlay.",
    )
    return mounts, overlays


def _control_groups() -> Finding:
    found = cgroups.version()
    if found != "none":
        return Finding(name="control groups", ok=True, detail=found)
    return Finding(
        name="control groups",
        ok=False,
        detail="none that this process may write",
        consequence="Memory is watched by polling instead of bounded by the kernel, its peak is what the polls saw, "
        "and jobs should run one at a time.",
        fix="Run the worker in a systemd unit with Delegate=yes (deploy/), or as root in a privileged container.",
    )


def _memory_peak() -> Finding:
    exact = cgroups.has_exact_peak()
    return Finding(
        name="exact memory peak",
        ok=exact,
        detail="counted by the kernel" if exact else "the highest value that polling saw",
        consequence="" if exact else "A short peak may be missing from what a student is told.",
        fix="" if exact else "Use control groups, with Linux 5.19 or later for version 2.",
    )


def _gpus() -> Finding:
    """No GPU is well for a worker that serves no GPU queue."""
    found = gpus.discover()
    said = f"{len(found)} to lease: {', '.join(device.name for device in found)}" if found else "none to lease here"
    return Finding(name="GPUs", ok=True, detail=said)
