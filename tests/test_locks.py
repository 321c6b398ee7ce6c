"""The locks: hashed, without addresses, paths or command lines, and complete for every supported Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).parents[1] / "requirements"
LOCKS = ["dev", "student-cpu", "student-cuda", "uv", "web"]
LINE = re.compile(
    r"[a-z0-9.-]+(\[[a-z,-]+\])?==[A-Za-z0-9.+!]+( ; [A-Za-z_ 0-9<>=!.'()]+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?"
)


def requirements(path: Path, python: str) -> list[Requirement]:
    """What a lock or its source asks of a Linux machine with this Python."""
    lines = [line.partition(" \\")[0].strip() for line in path.read_text().splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith(("--hash", "#", "-"))]
    machine = {
        "python_version": python, "python_full_version": f"{python}.4", "sys_platform": "linux",
        "platform_machine": "x86_64", "platform_system": "Linux", "os_name": "posix",
        "platform_python_implementation": "CPython", "implementation_name": "cpython", "extra": "",
    }  # fmt: skip
    return [each for each in found if each.marker is None or each.marker.evaluate(machine)]


def test_every_lock_has_its_source_and_every_source_its_lock():
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == LOCKS
    assert sorted(path.stem for path in FOLDER.glob("*.in")) == LOCKS


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(name):
    lines = (FOLDER / f"{name}.txt").read_text().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if "==" in line and not line.startswith(" "):
            assert line.endswith("\\") and following.startswith("    --hash"), line


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_fits_each_python(name, python):
    locked = requirements(FOLDER / f"{name}.txt", python)
    versions = {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in locked}
    assert len(versions) == len(locked), "a package is there twice"
    for wanted in requirements(FOLDER / f"{name}.in", python):
        assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)], prereleases=True), wanted


def test_the_site_has_no_torch_and_the_runtimes_no_django():
    def names(lock: str) -> set[str]:
        return {canonicalize_name(each.name) for each in requirements(FOLDER / f"{lock}.txt", "3.11")}

    assert not {"torch", "keras"} & (names("web") | names("dev"))
    for runtime in ("student-cpu", "student-cuda"):
        assert {"torch", "scikit-learn", "xgboost-cpu"} <= names(runtime)
        assert not {"django", "celery", "redis", "pip", "xgboost"} & names(runtime)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_site_and_the_students_have_the_same_pandas_and_scikit_learn_so_that_models_are_tested_in_either(python):
    def versions(lock: str) -> dict[str, str]:
        found = {canonicalize_name(r.name): str(r.specifier) for r in requirements(FOLDER / f"{lock}.txt", python)}
        return {name: found[name] for name in ("pandas", "scikit-learn", "joblib")}

    assert versions("web") == versions("student-cpu") == versions("student-cuda")


def test_cuda_comes_with_the_lock_that_says_so_alone():
    def is_cuda(lock: str) -> bool:
        return any(each.name.startswith("nvidia-") for each in requirements(FOLDER / f"{lock}.txt", "3.11"))

    assert [lock for lock in LOCKS if is_cuda(lock)] == ["student-cuda"]
    assert "torch==2.13.0+cpu" in (FOLDER / "student-cpu.txt").read_text()
