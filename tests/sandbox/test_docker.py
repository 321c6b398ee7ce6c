"""The Docker backend's exact command lines, and how it takes one plain file out of what the daemon sends."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.outcome import Verdict
from grader.sandbox import Job, Limits, SandboxUnavailable, docker, open_sandbox
from grader.sandbox.docker import DockerSandbox, holder, packed, program, unpacked, volume
from grader.sandbox.gpus import Device

LIMITS = Limits(wall_time_s=2, cpu_time_s=120, memory_mb=512, processes=32, output_mb=1, disk_mb=100, cpus=2)


def job(folder: Path, **limits: object) -> Job:
    (folder / "data").mkdir(exist_ok=True)
    return Job(
        sources={"main.py": b"print(1)"},
        entry="main.py",
        data_dir=folder / "data",
        out_dir=folder / "out",
        runtime=folder,
        limits=LIMITS if not limits else Limits(**limits),
        slug="letters",
        seed=3,
    )


def test_the_volume_is_a_tmpfs_of_just_the_disk_limit():
    assert " ".join(volume("x", LIMITS)) == (
        "volume create --driver local --opt type=tmpfs --opt device=tmpfs "
        "--opt o=size=100m,nr_inodes=6400,uid=65534,gid=65534,mode=0755,nosuid,nodev --label arena x"
    )


def test_the_holder_can_do_nothing():
    assert " ".join(holder("x", "image")) == (
        "run --detach --name x-box --label arena --network none --read-only --user 65534:65534 --cap-drop ALL "
        "--security-opt no-new-privileges --pids-limit 4 --memory 32m --volume x:/box image sleep 86400"
    )


def test_the_program_s_command_line_is_just_this(tmp_path: Path):
    data = (tmp_path / "data").resolve()
    command = program("x", job(tmp_path), image="image", runtime="runsc")
    words = " ".join(command)
    assert words.startswith(
        "run --name x-job --label arena --runtime runsc --pull never --init --network none --ipc private "
        "--hostname arena --read-only --user 65534:65534 --cap-drop ALL --security-opt no-new-privileges "
        "--pids-limit 33 --memory 512m --memory-swap 512m --cpus 2 --oom-score-adj 1000 --ulimit core=0:0 "
        "--ulimit nofile=1024:4096 --ulimit cpu=120 --tmpfs /tmp:rw,nosuid,nodev,size=100m,mode=1777 --shm-size 100m "
        f"--volume x:/kaggle/working --workdir /kaggle/working --mount type=bind,source={data},target=/data,readonly "
        f"--mount type=bind,source={data},target=/kaggle/input/letters,readonly --env PATH=/runtime/bin:"
    )
    assert words.endswith("image /runtime/bin/python main.py")
    assert "--env ARENA_SEED=3" in words
    assert "--gpus" not in words
    assert "--privileged" not in words


def test_only_the_leased_gpu_is_asked_for(tmp_path: Path):
    devices = [Device(uuid="GPU-1", name="H200", nodes=("/dev/nvidia0",))]
    command = program("x", job(tmp_path), image="image", runtime="runc", devices=devices)
    assert command[command.index("--gpus") + 1] == '"device=GPU-1"'
    assert "CUDA_VISIBLE_DEVICES=GPU-1" in command


def test_sources_are_packed_as_nobody_s_with_the_data_beside_them():
    with tarfile.open(fileobj=io.BytesIO(packed({"main.py": b"x"}))) as archive:
        found = [(e.name, e.uid, e.mode, e.linkname) for e in archive.getmembers()]
    assert found == [("main.py", 65534, 0o644, ""), ("data", 65534, 0o644, "/data")]


def stream(kind: bytes = tarfile.REGTYPE, data: bytes = b"id,label\n", name: str = "submission.csv") -> bytes:
    room = io.BytesIO()
    with tarfile.open(fileobj=room, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.size = kind, len(data) if kind == tarfile.REGTYPE else 0
        entry.linkname = "/etc/passwd"
        archive.addfile(entry, io.BytesIO(data) if kind == tarfile.REGTYPE else None)
    return room.getvalue()


@pytest.mark.parametrize(
    ("sent", "verdict"),
    [
        (stream(), "ok"),
        (stream(name="../../../etc/evil"), "ok"),
        (stream(tarfile.SYMTYPE), "invalid_output"),
        (stream(tarfile.LNKTYPE), "invalid_output"),
        (stream(tarfile.FIFOTYPE), "invalid_output"),
        (stream(tarfile.CHRTYPE), "invalid_output"),
        (stream(tarfile.DIRTYPE), "invalid_output"),
        (stream(data=b"1" * 1_100_000), "invalid_output"),
        (stream()[:600], "ok"),
        (b"", "invalid_output"),
        (b"\0" * 3000, "invalid_output"),
        (b"garbage" * 500, "invalid_output"),
    ],
    ids=[
        "plain",
        "path",
        "link",
        "hard link",
        "pipe",
        "device",
        "folder",
        "huge",
        "short end",
        "empty",
        "zeros",
        "bytes",
    ],
)
def test_one_plain_file_is_taken_and_no_path_is_believed(tmp_path: Path, sent: bytes, verdict: str):
    found, _, path = unpacked(sent, "submission.csv", tmp_path / "out", LIMITS)
    assert found == verdict
    assert path == (tmp_path / "out" / "submission.csv" if verdict == "ok" else None)
    assert sorted(p.name for p in tmp_path.rglob("*")) == (["out", "submission.csv"] if verdict == "ok" else [])


class FakeDocker:
    """Answers as a daemon would, and remembers what it was asked."""

    def __init__(
        self, script: str, *, state: dict[str, object] | None = None, output: bytes = b"", broken: str = ""
    ) -> None:
        self.script, self.output, self.broken = script, output, broken
        self.state = {"ExitCode": 0, "OOMKilled": False, "Error": "", "StartedAt": "2026"} | (state or {})
        self.asked: list[list[str]] = []

    def call(self, arguments: Sequence[str], *, data: bytes = b"", at_most: int = 2**20) -> tuple[int, bytes]:
        self.asked.append(list(arguments))
        if arguments[0] == self.broken:
            return 1, b""
        if arguments[0] == "inspect":
            return 0, json.dumps(self.state).encode()
        if arguments[0] == "cp" and arguments[2] == "-":
            return (0, self.output[:at_most]) if self.output and "submission" in arguments[1] else (1, b"")
        return 0, b""

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        self.asked.append(list(arguments))
        return subprocess.Popen([sys.executable, "-c", self.script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize(
    ("daemon", "verdict"),
    [
        (FakeDocker("print(1)", output=stream()), "ok"),
        (FakeDocker("print(1)"), "missing_output"),
        (FakeDocker("print(1)", output=stream(tarfile.SYMTYPE)), "invalid_output"),
        (FakeDocker("1/0", state={"ExitCode": 1}), "runtime_error"),
        (FakeDocker("1/0", state={"ExitCode": 137, "OOMKilled": True}), "memory_limit"),
        (FakeDocker("while True: print('x' * 10000)", state={"ExitCode": 137}), "output_limit"),
        (FakeDocker("import time; time.sleep(60)", state={"ExitCode": 137}), "time_limit"),
        (FakeDocker("print(1)", state={"Error": "no such runtime: runsc"}), "sandbox_fault"),
        (FakeDocker("print(1)", broken="volume"), "sandbox_fault"),
        (FakeDocker("print(1)", broken="inspect"), "sandbox_fault"),
    ],
    ids=["ok", "nothing", "link", "error", "memory", "flood", "sleep", "runtime", "volume", "lost"],
)
def test_what_the_daemon_says_becomes_a_verdict_and_everything_is_removed(
    tmp_path: Path, daemon: FakeDocker, verdict: str
):
    result = DockerSandbox(docker=daemon).run(job(tmp_path))
    assert (result.verdict, result.backend) == (verdict, "docker runc"), result.message
    removed, last = daemon.asked[-2:]
    assert removed[:3] == ["rm", "--force", "--volumes"]
    assert [name.rpartition("-")[2] for name in removed[3:]] == ["job", "box"]
    assert last[:3] == ["volume", "rm", "--force"]
    assert Verdict(result.verdict) is not Verdict.OK or result.stdout == "1\n"


def test_live_logs_come_from_docker_too(tmp_path: Path):
    heard: list[tuple[str, str]] = []
    daemon = FakeDocker("print('epoch 1\\x1b[2J')", output=stream())
    DockerSandbox(docker=daemon).run(job(tmp_path), on_log=lambda *said: heard.append(said))
    assert heard == [("stdout", "epoch 1[2J\n")]


def test_a_machine_without_a_daemon_says_so_and_falls_back_to_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(docker.Program, "call", lambda *_, **__: (1, b""))
    with pytest.raises(SandboxUnavailable, match="No Docker daemon answers"):
        open_sandbox("docker")
    with pytest.raises(SandboxUnavailable, match="no backend 'subprocess'"):
        open_sandbox("subprocess")
