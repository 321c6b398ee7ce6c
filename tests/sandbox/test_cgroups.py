"""Control groups of version 2, on a tree made here: what is written where, and what is read back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox import cgroups


@pytest.fixture
def scope(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A delegated scope with two processes in it, as systemd's Delegate=yes makes it."""
    scope = tmp_path / "arena.service"
    scope.mkdir()
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory pids\n")
    (scope / "cgroup.controllers").write_text("cpu memory pids\n")
    (scope / "cgroup.subtree_control").write_text("\n")
    (scope / "cgroup.type").write_text("domain\n")
    (scope / "cgroup.procs").write_text("101\n")
    (tmp_path / "own").write_text("0::/arena.service\n")
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    monkeypatch.setattr(cgroups, "OWN", tmp_path / "own")
    return scope


def test_a_delegated_scope_is_version_2(scope: Path):
    assert cgroups.version() == "v2"


@pytest.mark.parametrize("missing", ["memory", "pids"])
def test_a_scope_without_a_controller_counts_as_none(scope: Path, missing: str):
    (scope / "cgroup.controllers").write_text("cpu memory pids\n".replace(missing, ""))
    assert cgroups.version() == "none"


def test_the_worker_moves_to_a_leaf_before_controllers_are_handed_on(scope: Path):
    cgroups.prepare()
    assert (scope / "mgr" / "cgroup.procs").read_text() == "101"
    assert (scope / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    assert (scope / "jobs" / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"


def test_a_worker_that_is_in_the_leaf_already_finds_its_scope(scope: Path, tmp_path: Path):
    (tmp_path / "own").write_text("0::/arena.service/mgr\n")
    assert cgroups.version() == "v2"
    (scope / "jobs").mkdir()
    group = cgroups.create(memory_bytes=1, processes=1)
    assert group is not None
    assert group.folders["memory"].parent == scope / "jobs"


def test_limits_are_written_and_counters_read(scope: Path, monkeypatch: pytest.MonkeyPatch):
    (scope / "jobs").mkdir()
    monkeypatch.setattr(cgroups.os, "cpu_count", lambda: 8)
    whole = Path.mkdir

    def mkdir(folder: Path, *args: object, **kwargs: object) -> None:
        whole(folder, *args, **kwargs)
        (folder / "memory.swap.max").write_text("max")  # the kernel makes a group's files
        (folder / "cpu.max").write_text("max 100000")

    monkeypatch.setattr(Path, "mkdir", mkdir)
    group = cgroups.create(memory_bytes=512 * 2**20, processes=66, cpus=2)
    assert group is not None
    (folder,) = {*group.folders.values()}
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "memory.max": "536870912",
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "66",
        "cpu.max": "200000 100000",
    }
    assert group.attach_files == [folder / "cgroup.procs"]
    (folder / "memory.peak").write_text("4096\n")
    (folder / "memory.current").write_text("1024\n")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 1\n")
    (folder / "pids.events").write_text("max 0\n")
    (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\nsystem_usec 1\n")
    assert (group.peak_memory_bytes(), group.memory_bytes(), group.cpu_time_s()) == (4096, 1024, 1.5)
    assert (group.was_out_of_memory(), group.hit_process_limit()) == (True, False)


def test_a_machine_without_writable_hierarchies_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    assert cgroups.version() == "none"
    assert cgroups.create(memory_bytes=1, processes=1) is None


def test_empty_groups_of_a_worker_that_was_killed_are_removed_and_used_or_young_ones_stay(scope: Path):
    jobs = scope / "jobs"
    for name in ("arena-1-empty", "arena-2-used", "arena-3-young", "another"):
        (jobs / name).mkdir(parents=True)
        os.utime(jobs / name, (1, 1))
    (jobs / "arena-2-used" / "child").mkdir()  # as a process does, it keeps the kernel from removing the group
    os.utime(jobs / "arena-3-young")
    os.utime(jobs / "arena-2-used", (1, 1))
    assert cgroups.clear_abandoned() == 1
    assert sorted(path.name for path in jobs.iterdir()) == ["another", "arena-2-used", "arena-3-young"]
