"""Every hostile program ends with the verdict that it earns, and gets nothing; every legitimate one is ok.

What a script tries and what it may end with stand at its head. `abuse/` means harm, `legitimate/` doesn't.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.sandbox
HERE = Path(__file__).parent
HOSTILE = sorted(path for path in (HERE / "abuse").glob("*.py") if path.stem != "attack")
LEGITIMATE = sorted((HERE / "legitimate").glob("*.py"))
Notice = Callable[..., list[str]]


def _groups() -> set[str]:
    return {str(p) for p in Path("/sys/fs/cgroup").glob(f"*/arena-{os.getpid()}-*")}


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_program_gets_nothing(notice: Notice, read_script: Callable[[Path], object], path: Path):
    before = _groups()
    assert notice(read_script(path)) == []
    assert _groups() <= before


@pytest.mark.parametrize("path", LEGITIMATE, ids=lambda path: path.stem)
def test_a_legitimate_program_is_ok(notice: Notice, read_script: Callable[[Path], object], path: Path):
    assert notice(read_script(path)) == []


def test_the_suite_has_at_least_eighty_attacks_and_twenty_honest_programs():
    assert len(HOSTILE) >= 80
    assert len(LEGITIMATE) >= 20


def test_every_script_says_what_it_tries(read_script: Callable[[Path], object]):
    assert all(read_script(path).tries.endswith(".") for path in (*HOSTILE, *LEGITIMATE))
