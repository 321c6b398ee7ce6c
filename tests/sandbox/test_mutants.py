"""Each protection is there for a reason: without it, some hostile program gets what it wants, and the suite notices.

Where two protections guard the same thing, a kernel that also refuses or a second lock, both go at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from grader.sandbox import arguments, cgroups, keeper, logs, nursery, seccomp, verdicts
from grader.sandbox.watching import Watch

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(cgroups.version() == "none" or os.geteuid() != 0, reason="breaks a sandbox that is whole"),
]
HERE = Path(__file__).parent


@dataclass
class Surgery:
    """What a mutant may cut."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path

    def drop(self, name: str, *flags: str) -> None:
        """Leave flags, with the values that follow them, out of a constant of bubblewrap's command line."""
        kept = " ".join(getattr(arguments, name))
        for flag in flags:
            assert flag in kept
            kept = kept.replace(flag, "")
        self.monkeypatch.setattr(arguments, name, tuple(kept.split()))

    def allow(self, *names: str) -> None:
        """Let system calls through."""
        for table in ("DENIED", "ABSENT"):
            left = {name: number for name, number in getattr(seccomp, table).items() if name not in names}
            self.monkeypatch.setattr(seccomp, table, left)

    def no_filter(self) -> None:
        allow_all = seccomp.struct.pack("<HBBI", seccomp.RETURN, 0, 0, seccomp.ALLOW)
        self.monkeypatch.setattr(seccomp, "program", lambda **_: allow_all)

    def edit_keeper(self, old: str, new: str) -> None:
        """Change the program that starts boxes."""
        source = Path(keeper.__file__).read_text()
        assert old in source
        path = self.folder / "keeper.py"
        path.write_text(source.replace(old, new))
        self.monkeypatch.setattr(keeper, "__file__", str(path))
        nursery.close()

    def prepared(self, old: str, new: tuple[str, ...]) -> None:
        """Replace a run of bubblewrap's arguments."""
        from grader.sandbox import bubblewrap

        whole = bubblewrap.prepare

        def changed(*args: object, **kwargs: object) -> object:
            made = whole(*args, **kwargs)
            words = old.split()
            for n in range(len(made.arguments)):
                if made.arguments[n : n + len(words)] == words:
                    made.arguments[n : n + len(words)] = new
                    return made
            raise AssertionError(old)

        self.monkeypatch.setattr(bubblewrap, "prepare", changed)

    def no_limit(self, controller: str, file: str) -> None:
        whole = cgroups._write_limits

        def some(group: cgroups.Group, **limits: object) -> None:
            whole(group, **limits)
            with_swap = group.folders[controller] / "memory.memsw.limit_in_bytes"
            if with_swap.exists() and controller == "memory":
                with_swap.write_text("-1")
            (group.folders[controller] / file).write_text("max" if "max" in file else "-1")

        self.monkeypatch.setattr(cgroups, "_write_limits", some)

    def show_names(self) -> None:
        nursery.close()
        shown = replace(nursery.nursery(), overlay=False)
        self.monkeypatch.setattr("grader.sandbox.bubblewrap.nursery", lambda: shown)


Cut = Callable[[Surgery], None]
IS_V2 = cgroups.version() == "v2"
MUTANTS: dict[str, tuple[str, Cut]] = {
    "own network": ("net_loopback", lambda s: s.drop("NAMESPACES", "--unshare-net")),
    "own abstract sockets": ("net_abstract_socket", lambda s: s.drop("NAMESPACES", "--unshare-net")),
    "own interfaces": ("net_interfaces", lambda s: s.drop("NAMESPACES", "--unshare-net")),
    "own System V memory": ("read_host_segments", lambda s: s.drop("NAMESPACES", "--unshare-ipc")),
    "own host name": (
        "read_host_name",
        lambda s: (s.drop("NAMESPACES", "--unshare-uts"), s.drop("STUDENT", "--hostname arena")),
    ),
    "own session": ("kernel_terminal", lambda s: s.drop("NO_RIGHTS", "--new-session")),
    "hidden /usr/local": ("read_installed_by_hand", lambda s: s.monkeypatch.setattr(arguments, "HIDDEN_SYSTEM", ())),
    "read-only root": ("tamper_system", lambda s: s.prepared("--remount-ro /", ())),
    "read-only /dev": ("tamper_system", lambda s: s.prepared("--remount-ro /dev", ())),
    "hidden names in mounts": ("read_mounts", lambda s: s.show_names()),
    "root of its own": (
        "read_other_submissions",
        lambda s: s.prepared("--ro-bind /usr /usr", ("--ro-bind", "/usr", "/usr", "--ro-bind", "/var", "/var")),
    ),
    "filter": ("kernel_keys", lambda s: s.no_filter()),
    "filter of 32-bit calls": ("kernel_32_bit_call", lambda s: s.no_filter()),
    "filter of x32 calls": ("kernel_x32_call", lambda s: s.no_filter()),
    "filter of namespaces": ("kernel_namespaces", lambda s: s.allow("unshare", "clone3")),
    "filter of clone's flags": ("kernel_namespaces", lambda s: s.monkeypatch.setattr(seccomp, "NEW_NAMESPACES", 0)),
    "filter of io_uring": ("kernel_io_uring", lambda s: s.allow("io_uring_setup")),
    "filter of key rings": ("kernel_keys", lambda s: s.allow("keyctl")),
    "filter of personality": ("kernel_personality", lambda s: s.allow("personality")),
    "filter of kcmp": ("kernel_other_processes", lambda s: s.allow("kcmp")),
    "filter of memory policies": ("kernel_memory_policy", lambda s: s.allow("set_mempolicy", "move_pages")),
    "filter of file handles": ("read_by_handle", lambda s: s.allow("name_to_handle_at")),
    "filter of other memory": ("read_parent_memory", lambda s: s.allow("process_vm_readv")),
    "filter of future calls": (
        "kernel_future_calls",
        lambda s: s.monkeypatch.setattr(seccomp, "LAST_REVIEWED", seccomp.X32_BIT - 2),
    ),
    "filter of families": ("net_exotic_families", lambda s: s.monkeypatch.setattr(seccomp, "FAMILIES", (1, 2, 10, 16))),
    "filter of set-id bits": ("kernel_root", lambda s: s.monkeypatch.setattr(seccomp, "SET_ID_BITS", 0)),
    "filter of typing": ("kernel_terminal", lambda s: s.monkeypatch.setattr(seccomp, "TIOCSTI", 0)),
    "empty environment": (
        "read_environment",
        lambda s: s.edit_keeper("*command], {})", '*command], {"ARENA_SECRET": "x"})'),
    ),
    "closed descriptors": (
        "read_descriptors",
        lambda s: s.edit_keeper("os.closerange(BLOCK_FD, FIRST_FD)", "os.dup2(null, BLOCK_FD, inheritable=True)"),
    ),
    "memory killer": ("kernel_limits", lambda s: s.edit_keeper('_write("/proc/self/oom_score_adj", "1000")', "pass")),
    "core files": (
        "kernel_limits",
        lambda s: s.edit_keeper("resource.setrlimit(resource.RLIMIT_CORE, (0, 0))", "pass"),
    ),
    "disk bytes": ("disk_forty_megabytes", lambda s: s.edit_keeper("size={plan['disk_bytes']},", "size=90m,")),
    "inodes": ("disk_ten_thousand_files", lambda s: s.edit_keeper("nr_inodes={plan['inodes']},", "")),
    "memory limit": (
        "memory_children",
        lambda s: s.no_limit("memory", "memory.max" if IS_V2 else "memory.limit_in_bytes"),
    ),
    "process limit": ("bomb_sixty", lambda s: s.no_limit("pids", "pids.max")),
    "wall time": ("time_nap", lambda s: s.monkeypatch.setattr(Watch, "_check", lambda *_, **__: None)),
    "predictions without links": ("output_link_to_labels", lambda s: s.monkeypatch.setattr(os, "O_NOFOLLOW", 0)),
    "plain predictions": ("output_pipe", lambda s: s.monkeypatch.setattr(verdicts.stat, "S_ISREG", lambda _: True)),
    "clean logs": (
        "logs_controls",
        lambda s: s.monkeypatch.setattr(logs, "HARMFUL", logs.re.compile("\0")),
    ),
}  # fmt: skip


@pytest.fixture
def surgery(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Surgery]:
    yield Surgery(monkeypatch, tmp_path)
    monkeypatch.undo()
    nursery.close()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_script_notices_that_a_protection_is_missing(
    surgery: Surgery, notice: Callable[..., list[str]], read_script: Callable[[Path], object], name: str
):
    script, cut = MUTANTS[name]
    cut(surgery)
    wrong = notice(read_script(HERE / "abuse" / f"{script}.py"))
    assert wrong
    assert not any(line.startswith("sandbox_fault") for line in wrong), wrong
