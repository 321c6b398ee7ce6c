"""The Docker backend, with runc or gVisor's runsc: for machines without user namespaces, macOS and Windows.

Chosen by name, never fallen back to. The job's files lie on a sized tmpfs volume that a second, idle container keeps
alive, so that the predictions can be copied after everything of the job is dead. What is copied is a tar stream of
which one plain file of bounded size is taken; no path in it is ever used. The command lines are tested exactly; on a
real daemon they are unproven (docs/security.md). The system-call filter is Docker's own default, an allowlist.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import tarfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import IO, Protocol

from grader.failures.report import surroundings
from grader.outcome import RunResult, Verdict
from grader.sandbox import gpus, verdicts
from grader.sandbox.arguments import BOX, variables
from grader.sandbox.base import Job, Limits, SandboxUnavailable
from grader.sandbox.logs import LiveLog, OnLog
from grader.sandbox.verdicts import Seen

IMAGE = "arena-runtime:standard"
TRUSTED_S = 60  # for commands that run nothing of the student's
POLL_S = 0.05
OUTPUT_ROOM = 2**16  # tar's own blocks around a file


class Docker(Protocol):
    """What the backend asks of the docker program; tests answer for it."""

    def call(self, arguments: Sequence[str], *, data: bytes = b"", at_most: int = 2**20) -> tuple[int, bytes]:
        """Exit code and standard output, cut at `at_most` bytes."""
        ...

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """A running command with pipes for both outputs."""
        ...


class Program:
    """The docker program on PATH, with its own environment."""

    def call(self, arguments: Sequence[str], *, data: bytes = b"", at_most: int = 2**20) -> tuple[int, bytes]:
        with subprocess.Popen(
            ["docker", *arguments],  # noqa: S607 - where docker lies differs between systems
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(data)
                process.stdin.close()
            found = process.stdout.read(at_most)
            if len(found) == at_most:
                process.kill()
            return process.wait(TRUSTED_S), found

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["docker", *arguments],  # noqa: S607
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


@dataclass(frozen=True)
class DockerSandbox:
    """`runtime` is `runc` or `runsc`; `image` holds the students' runtime at /runtime and nothing else of ours."""

    runtime: str = "runc"
    image: str = IMAGE
    docker: Docker = field(default_factory=Program)

    def run(self, job: Job, *, on_log: OnLog | None = None, is_wanted: Callable[[], bool] | None = None) -> RunResult:
        """Run the job. What fails on our side is `sandbox_fault`; the containers and the volume are always removed."""
        try:
            if not job.limits.gpus:
                return self._run(job, on_log, [], is_wanted)
            with gpus.lease(job.limits.gpus) as devices:
                return self._run(job, on_log, devices, is_wanted)
        except (OSError, SandboxUnavailable, subprocess.SubprocessError) as error:
            message = f"The sandbox could not be set up: {error}"
            return RunResult(verdict=Verdict.SANDBOX_FAULT, message=message, backend=self.backend)

    def check(self) -> None:
        """Raises `SandboxUnavailable` where no daemon answers, or where it lacks the image."""
        if self.docker.call(["version"])[0]:
            raise SandboxUnavailable("No Docker daemon answers: start it, and let this user talk to it.")
        if self.docker.call(["image", "inspect", self.image])[0]:
            raise SandboxUnavailable(f"Docker has no image {self.image}: build it as docs/security.md says.")

    @property
    def backend(self) -> str:
        return f"docker {self.runtime}"

    def _run(
        self, job: Job, on_log: OnLog | None, devices: list[gpus.Device], is_wanted: Callable[[], bool] | None
    ) -> RunResult:
        name = f"arena-{uuid.uuid4().hex[:12]}"
        try:
            self._must(volume(name, job.limits))
            self._must(holder(name, self.image))
            self._must(["cp", "-", f"{name}-box:/box"], data=packed(job.sources))
            command = program(name, job, image=self.image, runtime=self.runtime, devices=devices)
            seen = self._watch(self.docker.start(command), name, job, on_log, is_wanted)
            self.docker.call(["kill", "--signal", "KILL", f"{name}-job"])
            self._read_state(name, seen)
            verdict, message = verdicts.judge(seen, job.limits, around=lambda: surroundings(job.sources, job.data_dir))
            output: Path | None = None
            if verdict is Verdict.OK:
                verdict, message, output = self._collect(name, job)
        finally:
            self.docker.call(["rm", "--force", "--volumes", f"{name}-job", f"{name}-box"])
            self.docker.call(["volume", "rm", "--force", name])
        killed_by = verdicts.signal_of(seen.code)
        return RunResult(
            verdict=verdict,
            message=message,
            exit_code=None if killed_by else seen.code,
            signal=killed_by,
            wall_time_s=round(seen.wall_time_s, 3),
            stdout=seen.stdout.text(),
            stderr=seen.stderr.text(),
            output=output,
            backend=self.backend,
            failure=seen.failure,
        )

    def _must(self, arguments: Sequence[str], *, data: bytes = b"") -> bytes:
        code, said = self.docker.call(arguments, data=data)
        if code:
            raise SandboxUnavailable(f"docker {arguments[0]} ended with {code}.")
        return said

    def _watch(
        self,
        process: subprocess.Popen[bytes],
        name: str,
        job: Job,
        on_log: OnLog | None,
        is_wanted: Callable[[], bool] | None,
    ) -> Seen:
        seen, start = Seen(), time.monotonic()
        live = LiveLog(on_log) if on_log is not None else None

        def read(stream: IO[bytes], add: Callable[[bytes], None], label: str) -> None:
            while data := stream.read1(65536):  # type: ignore[attr-defined]
                add(data)
                if live is not None:
                    live.add(label, data, at=time.monotonic())

        assert process.stdout is not None
        assert process.stderr is not None
        readers = [
            Thread(target=read, args=(process.stdout, seen.stdout.add, "stdout"), daemon=True),
            Thread(target=read, args=(process.stderr, seen.stderr.add, "stderr"), daemon=True),
        ]
        for reader in readers:
            reader.start()
        while process.poll() is None:
            if seen.stdout.total_bytes + seen.stderr.total_bytes > job.limits.output_mb * 2**20:
                seen.stopped_by = "output"
            elif time.monotonic() - start > job.limits.wall_time_s:
                seen.stopped_by = "wall"
            elif is_wanted is not None and not is_wanted():
                seen.stopped_by = "unwanted"
            if seen.stopped_by:
                self.docker.call(["kill", "--signal", "KILL", f"{name}-job"])
                process.kill()
                process.wait(TRUSTED_S)
                break
            time.sleep(POLL_S)
        seen.wall_time_s = time.monotonic() - start
        for reader, stream in zip(readers, (process.stdout, process.stderr), strict=True):
            reader.join(TRUSTED_S)  # the client is dead, so its pipes end
            stream.close()
        if seen.stdout.total_bytes + seen.stderr.total_bytes > job.limits.output_mb * 2**20:
            seen.stopped_by = seen.stopped_by or "output"
        if live is not None:
            live.flush(at=time.monotonic(), final=True)
        return seen

    def _read_state(self, name: str, seen: Seen) -> None:
        """The daemon's own word on how the program ended; text in a log is never asked."""
        code, said = self.docker.call(["inspect", "--format", "{{json .State}}", f"{name}-job"])
        if code:
            seen.fault = "Docker does not know the job's container."
            return
        state = json.loads(said)
        seen.was_out_of_memory = bool(state.get("OOMKilled"))
        if state.get("Error") or state.get("StartedAt", "").startswith("0001"):
            seen.fault = str(state.get("Error") or "The container never started.")
        elif not seen.stopped_by:
            seen.code = int(state["ExitCode"])
        seen.hit_process_limit = verdicts.lacked_processes(seen)

    def _collect(self, name: str, job: Job) -> tuple[Verdict, str, Path | None]:
        most = job.limits.output_mb * 2**20
        for wanted in verdicts.OUTPUT_NAMES:
            code, stream = self.docker.call(["cp", f"{name}-box:/box/{wanted}", "-"], at_most=most + OUTPUT_ROOM)
            if code and not stream:
                continue
            return unpacked(stream, wanted, job.out_dir, job.limits)
        text = "The program ended well but left no submission.csv in its working directory; write one there."
        return Verdict.MISSING_OUTPUT, text, None


def volume(name: str, limits: Limits) -> list[str]:
    """One sized tmpfs for the working directory."""
    inodes = max(4096, limits.disk_mb * 64)
    options = f"size={limits.disk_mb}m,nr_inodes={inodes},uid=65534,gid=65534,mode=0755,nosuid,nodev"
    return [
        "volume", "create", "--driver", "local", "--opt", "type=tmpfs", "--opt", "device=tmpfs",
        "--opt", f"o={options}", "--label", "arena", name,
    ]  # fmt: skip


def holder(name: str, image: str) -> list[str]:
    """The idle container that keeps the volume mounted after the job's end; no process of the job is ever in it."""
    return [
        "run", "--detach", "--name", f"{name}-box", "--label", "arena", "--network", "none", "--read-only",
        "--user", "65534:65534", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pids-limit", "4",
        "--memory", "32m", "--volume", f"{name}:/box", image, "sleep", "86400",
    ]  # fmt: skip


def program(name: str, job: Job, *, image: str, runtime: str, devices: Sequence[gpus.Device] = ()) -> list[str]:
    """The job's own container."""
    limits = job.limits
    cpus = limits.cpus or 2
    command = [
        "run", "--name", f"{name}-job", "--label", "arena", "--runtime", runtime, "--pull", "never", "--init",
        "--network", "none", "--ipc", "private", "--hostname", "arena", "--read-only",
        "--user", "65534:65534", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
    ]  # fmt: skip
    command += [
        "--pids-limit", str(limits.processes + 1), "--memory", f"{limits.memory_mb}m",
        "--memory-swap", f"{limits.memory_mb}m", "--cpus", str(cpus), "--oom-score-adj", "1000",
        "--ulimit", "core=0:0", "--ulimit", "nofile=1024:4096",
    ]  # fmt: skip
    if limits.cpu_time_s is not None:
        command += ["--ulimit", f"cpu={max(1, round(limits.cpu_time_s))}"]
    command += [
        "--tmpfs", f"/tmp:rw,nosuid,nodev,size={limits.disk_mb}m,mode=1777", "--shm-size", f"{limits.disk_mb}m",
        "--volume", f"{name}:{BOX}", "--workdir", BOX,
        "--mount", f"type=bind,source={job.data_dir.resolve()},target=/data,readonly",
        "--mount", f"type=bind,source={job.data_dir.resolve()},target=/kaggle/input/{job.slug},readonly",
    ]  # fmt: skip
    if devices:
        command += ["--gpus", '"device=' + ",".join(device.uuid for device in devices) + '"']
    for key, value in (variables(job) | (gpus.variables(list(devices)) if devices else {})).items():
        command += ["--env", f"{key}={value}"]
    return [*command, image, "/runtime/bin/python", job.entry]


def packed(sources: Mapping[str, bytes]) -> bytes:
    """The sources as a tar stream for `docker cp`, owned by nobody, with the data's link beside them."""
    room = io.BytesIO()
    with tarfile.open(fileobj=room, mode="w") as archive:
        for folder in sorted({str(above) for name in sources for above in PurePosixPath(name).parents} - {"."}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, 0o755, 65534, 65534
            archive.addfile(entry)
        for name, data in sources.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.uid, entry.gid = len(data), 0o644, 65534, 65534
            archive.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("data")
        link.type, link.linkname, link.uid, link.gid = tarfile.SYMTYPE, "/data", 65534, 65534
        archive.addfile(link)
    return room.getvalue()


def unpacked(stream: bytes, wanted: str, out_dir: Path, limits: Limits) -> tuple[Verdict, str, Path | None]:
    """Take the one plain file out of what `docker cp` sent; names and links in the stream decide nothing."""
    try:
        with tarfile.open(fileobj=io.BytesIO(stream), mode="r:") as archive:
            entry = archive.next()
            if entry is None or not entry.isreg():
                return Verdict.INVALID_OUTPUT, f"{wanted} is a link or a special file; write a plain file.", None
            if entry.size > limits.output_mb * 2**20:
                return Verdict.INVALID_OUTPUT, f"{wanted} is larger than {limits.output_mb} MB.", None
            file = archive.extractfile(entry)
            data = file.read() if file is not None else b""
    except (tarfile.TarError, EOFError):
        return Verdict.INVALID_OUTPUT, f"{wanted} is larger than {limits.output_mb} MB or no plain file.", None
    out_dir.mkdir(parents=True, exist_ok=True)
    target = out_dir / wanted
    target.unlink(missing_ok=True)
    with target.open("xb") as copy:
        copy.write(data)
    return Verdict.OK, "", target
