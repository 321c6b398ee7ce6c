"""The systemd units: parsed by systemd itself, each closed as far as its work allows."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "deploy" / "systemd"
UNITS = sorted(path.name for path in FOLDER.glob("*.service"))
RUNS_CODE = {"arena-worker.service", "arena-gpu-worker.service"}


def unit(name: str) -> dict[str, str]:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string((FOLDER / name).read_text())
    return dict(parser["Service"])


def test_there_is_a_unit_for_each_process():
    names = ["beat", "gpu-worker", "scorer", "sweeper", "web", "worker"]
    assert [f"arena-{name}.service" for name in names] == UNITS


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_without_rights_and_starts_again(name):
    found = unit(name)
    assert (found["User"], found["NoNewPrivileges"], found["CapabilityBoundingSet"]) == ("arena", "yes", "")
    assert (found["ProtectSystem"], found["ProtectHome"], found["UMask"]) == ("strict", "yes", "0077")
    assert found["Restart"] == "always"


def test_only_what_runs_students_code_may_make_namespaces_and_divide_its_control_group():
    assert {name for name in UNITS if "RestrictNamespaces" not in unit(name)} == RUNS_CODE
    assert {name for name in UNITS if "Delegate" in unit(name)} == RUNS_CODE
    for name in RUNS_CODE:  # each of these would forbid the sandbox its own /proc
        assert not {"ProtectProc", "ProcSubset", "ProtectKernelTunables", "ProtectControlGroups"} & set(unit(name))


def test_every_queue_has_a_worker():
    from django.conf import settings

    from arena.submissions.queueing import Lane

    served = set()
    for name in UNITS:
        words = shlex.split(unit(name)["ExecStart"])
        if "-Q" in words:
            served |= set(words[words.index("-Q") + 1].split(","))
        elif "gpu_worker" in words:
            served.add("gpu")
    assert served == {lane.value for lane in Lane} | {settings.CELERY_TASK_DEFAULT_QUEUE}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_no_fault(tmp_path):
    for path in FOLDER.iterdir():
        text = path.read_text().replace("/srv/arena/app/.venv", sys.prefix).replace("/srv/arena/app", str(FOLDER))
        (tmp_path / path.name).write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, tmp_path.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "arena" in line]) == (0, [])
