"""The default backend: bubblewrap, a system-call filter and control groups.

Order per job: make the control group; start `launch.py`, which attaches to it, drops to a user id of the job's own and
becomes bubblewrap; hold a descriptor on the box's own tmpfs; watch time, logs and memory; kill everything; only then
read the counters and open the predictions, without following links. The tmpfs goes with its last descriptor.
"""

from __future__ import annotations

import itertools
import json
import os
import selectors
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader.outcome import RunResult, Verdict
from grader.sandbox import cgroups, seccomp
from grader.sandbox.base import Capabilities, Job, SandboxUnavailable
from grader.sandbox.logs import clean
from grader.sandbox.probe import capabilities
from grader.sandbox.watch import tree_cpu_time_s, tree_memory_bytes

BOX = "/kaggle/working"
OUTPUT_NAMES = ("submission.csv", "predictions.csv")
TICK_S = 0.02
KEPT_LOG_BYTES = 256 * 1024
FIRST_UID = 210_000
_slots = itertools.count(os.getpid() % 500)


_capabilities: Capabilities | None = None


def open_sandbox() -> Bubblewrap:
    """The sandbox of this machine. Raises `SandboxUnavailable`; a plain subprocess is never a fallback."""
    global _capabilities
    if _capabilities is None or _capabilities.backend is None:
        _capabilities = capabilities()
    if _capabilities.backend is None:
        raise SandboxUnavailable(" ".join(_capabilities.reasons))
    return Bubblewrap()


@dataclass
class _Watched:
    """What the watching loop learns."""

    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    logged_bytes: int = 0
    stopped_by: str = ""
    peak_memory_bytes: int = 0
    cpu_time_s: float = 0.0
    status: bytearray = field(default_factory=bytearray)
    wall_time_s: float = 0.0

    def statuses(self) -> dict[str, int]:
        """bubblewrap's own status lines: `child-pid`, and `exit-code` once the program ended by itself."""
        found: dict[str, int] = {}
        for line in self.status.decode("ascii", "replace").splitlines():
            with suppress(json.JSONDecodeError):
                found.update(json.loads(line))
        return found


class Bubblewrap:
    """One run at a time per call; any number of calls side by side."""

    def run(self, job: Job) -> RunResult:
        """Run the job and copy its predictions. Whatever fails on our side is the verdict `sandbox_fault`."""
        if job.limits.gpus:
            return _fault("This worker has no GPU to lease; send the job to a GPU worker.")
        try:
            return self._run(job)
        except (OSError, subprocess.SubprocessError, SandboxUnavailable) as error:
            return _fault(f"The sandbox could not be set up: {error}")

    def _run(self, job: Job) -> RunResult:
        limits = job.limits
        group = cgroups.create(memory_bytes=limits.memory_mb * 2**20, processes=limits.processes + 3)
        with ExitStack() as stack:
            if group is not None:
                stack.callback(group.kill)
            stage = None
            if os.geteuid() == 0:
                stage = stack.enter_context(_empty_folder())
            opened = stack.enter_context(_descriptors())
            status_read, status_write = os.pipe()
            opened |= {status_read, status_write}
            go_read, go_write = os.pipe()
            opened |= {go_read, go_write}
            arguments, descriptors = _arguments(job, stage, opened=opened, counted=group is not None)
            arguments += ["--json-status-fd", str(status_write)]
            args_fd = _memfd("".join(f"{a}\0" for a in arguments).encode())
            opened.add(args_fd)
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(args_fd, status_write, go_read, *descriptors),
                env={},
                start_new_session=True,
            )
            stack.callback(_close_logs, process)
            stack.callback(_finish, process)
            assert process.stdin is not None
            process.stdin.write(json.dumps(self._plan(job, group, stage, args_fd, go_read)).encode())
            process.stdin.close()
            process.stdin = None
            for descriptor in (status_write, go_read):
                opened.discard(descriptor)
                os.close(descriptor)
            watched = _Watched()
            boxes = _open_boxes(status_read, process, watched)
            opened |= set(boxes.values())
            if BOX not in boxes:
                _finish(process)
                assert process.stderr is not None
                os.set_blocking(process.stderr.fileno(), False)
                _drain(process.stderr.fileno(), watched.stderr)
                reason = clean(bytes(watched.stderr))[:400].strip() or "no reason was given"
                return _fault(f"The sandbox did not start: {reason}")
            opened.discard(go_write)
            os.close(go_write)
            _watch(process, status_read, watched, job=job, group=group)
            usage_cpu_s = watched.cpu_time_s
            if group is not None:
                watched.peak_memory_bytes = group.peak_memory_bytes()
                usage_cpu_s = group.cpu_time_s()
            is_oom = group is not None and group.was_out_of_memory()
            hit_processes = group is not None and group.hit_process_limit()
            if group is not None:
                group.kill()
            verdict, message, code = _judge(watched, job, is_oom=is_oom, hit_processes=hit_processes, boxes=boxes)
            output = None
            if verdict is Verdict.OK:
                verdict, message, output = _collect(boxes[BOX], job)
            return RunResult(
                verdict=verdict,
                message=message,
                exit_code=None if _signal(code) else code,
                signal=_signal(code),
                wall_time_s=round(watched.wall_time_s, 3),
                cpu_time_s=round(usage_cpu_s, 3),
                peak_memory_bytes=watched.peak_memory_bytes,
                stdout=clean(bytes(watched.stdout)),
                stderr=clean(bytes(watched.stderr)),
                output=output,
            )

    def _plan(
        self, job: Job, group: cgroups.Group | None, stage: Path | None, args_fd: int, go_fd: int
    ) -> dict[str, object]:
        return {
            "attach": [str(f) for f in group.attach_files] if group else [],
            "stage": str(stage) if stage else None,
            "binds": {name: str(path) for name, path in _shown(job).items()},
            "uid": FIRST_UID + next(_slots) % 50_000 if os.geteuid() == 0 else None,
            "max_user_processes": None if group else job.limits.processes + 3 + (0 if stage else _own_processes()),
            "bwrap": shutil.which("bwrap"),
            "args_fd": args_fd,
            "go_fd": go_fd,
            # waits until the box's descriptors are held outside, then becomes the student's program
            "command": ["/bin/sh", "-c", 'read -r _; exec /runtime/bin/python "$0" </dev/null', job.entry],
        }


def _signal(code: int | None) -> int | None:
    """The signal behind bubblewrap's exit code, 128 + signal. Linux has 64, so 193 to 255 are the program's own."""
    return code - 128 if code is not None and 128 < code <= 192 else None


def _own_processes() -> int:
    """Threads that this user already runs: RLIMIT_NPROC counts them too."""
    uid, found = os.getuid(), 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if folder.stat().st_uid == uid:
                    found += len(os.listdir(folder / "task"))
    return found


@contextmanager
def _empty_folder() -> Iterator[Path]:
    """A mount point; what is mounted there lives in the launcher's namespace alone."""
    folder = Path(tempfile.mkdtemp(prefix="arena-box-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        folder.rmdir()


def _base_prefix(runtime: Path) -> Path:
    """Where the runtime says that its base interpreter is installed; a folder of that path may be a link."""
    for line in (runtime / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            return Path(value.strip()).parent
    raise SandboxUnavailable(f"{runtime} is no virtual environment: its pyvenv.cfg names no home.")


def _shown(job: Job) -> dict[str, Path]:
    return {
        "data": job.data_dir.resolve(),
        "runtime": job.runtime.resolve(),
        "base": _base_prefix(job.runtime).resolve(),
    }


def _memfd(data: bytes) -> int:
    descriptor = os.memfd_create("arena", 0)
    os.write(descriptor, data) if len(data) < 2**20 else _write_all(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _arguments(job: Job, stage: Path | None, *, opened: set[int], counted: bool) -> tuple[list[str], list[int]]:
    """bubblewrap's arguments and the descriptors that they name, which are noted in `opened` at once."""
    limits, descriptors = job.limits, []

    def hold(data: bytes) -> int:
        descriptors.append(_memfd(data))
        opened.add(descriptors[-1])
        return descriptors[-1]

    shown = {name: str(stage / name) if stage else str(path) for name, path in _shown(job).items()}
    named_base = _base_prefix(job.runtime)
    base = str(named_base.resolve())
    disk = str(limits.disk_mb * 2**20)
    passwd = hold(b"student:x:65534:65534::/kaggle/working:/bin/sh\n")
    group_file = hold(b"student:x:65534:\n")
    arguments = [
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        "--disable-userns", "--uid", "65534", "--gid", "65534", "--hostname", "arena", "--die-with-parent",
        "--new-session", "--cap-drop", "ALL", "--clearenv",
        "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin",
        "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
        "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
        "--ro-bind-try", "/etc/fonts", "/etc/fonts", "--ro-bind-data", str(passwd), "/etc/passwd",
        "--ro-bind-data", str(group_file), "/etc/group",
        "--proc", "/proc", "--dev", "/dev", "--size", disk, "--perms", "1777", "--tmpfs", "/dev/shm",
        "--remount-ro", "/dev", "--size", disk, "--perms", "1777", "--tmpfs", "/tmp",
        "--ro-bind", shown["runtime"], "/runtime",
        "--ro-bind", shown["data"], "/data", "--ro-bind", shown["data"], f"/kaggle/input/{job.slug}",
        "--size", disk, "--tmpfs", BOX, "--symlink", "/data", f"{BOX}/data",
    ]  # fmt: skip
    if base != "/usr":
        arguments += ["--ro-bind", shown["base"], base]
    if str(named_base) != base and not named_base.is_relative_to("/usr"):
        arguments += ["--symlink", base, str(named_base)]  # uv names its interpreters through a link
    for name, data in job.sources.items():
        arguments += ["--file", str(hold(data)), f"{BOX}/{name}"]
    filter_ = hold(seccomp.program(deny_uncounted_memory=not counted))
    threads = str(min(2, os.cpu_count() or 1))
    variables = {
        "PATH": "/runtime/bin:/usr/bin:/bin", "HOME": BOX, "OUTPUT_DIR": BOX, "DATA_DIR": "/data", "LANG": "C.UTF-8",
        "TMPDIR": "/tmp", "VIRTUAL_ENV": "/runtime", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0", "ARENA_SEED": str(job.seed), "MPLBACKEND": "Agg", "KERAS_BACKEND": "torch",
        "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "MKL_NUM_THREADS": threads,
    }  # fmt: skip
    for name, value in variables.items():
        arguments += ["--setenv", name, value]
    arguments += ["--chdir", BOX, "--remount-ro", "/", "--seccomp", str(filter_)]
    return arguments, descriptors


def _open_boxes(status_read: int, process: subprocess.Popen[bytes], watched: _Watched) -> dict[str, int]:
    """Descriptors on the box's writable places, opened before the student's first line runs."""
    os.set_blocking(status_read, False)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and "child-pid" not in watched.statuses():
        if process.poll() is not None:
            return {}
        _drain(status_read, watched.status)
        time.sleep(0.0005)
    child = watched.statuses().get("child-pid")
    boxes: dict[str, int] = {}
    while child and time.monotonic() < deadline and process.poll() is None:
        root = f"/proc/{child}/root"
        try:
            # the last argument handled before the program is the working directory, so this says: all is mounted
            if os.readlink(f"/proc/{child}/cwd") == BOX:
                for place in (BOX, "/tmp", "/dev/shm"):
                    boxes[place] = os.open(root + place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                return boxes
        except OSError:
            pass
        time.sleep(0.0005)
    return boxes


def _drain(descriptor: int, into: bytearray) -> int:
    """Read what is there; the number of bytes, 0 at the end of the stream or when nothing waits."""
    try:
        data = os.read(descriptor, 65536)
    except (BlockingIOError, OSError):
        return 0
    into += data
    return len(data)


def _watch(
    process: subprocess.Popen[bytes], status_read: int, watched: _Watched, *, job: Job, group: cgroups.Group | None
) -> None:
    """Follow the run until it ends or breaks a limit; afterwards nothing of it is alive."""
    assert process.stdout is not None and process.stderr is not None
    limits, start = job.limits, time.monotonic()
    logs = {process.stdout.fileno(): watched.stdout, process.stderr.fileno(): watched.stderr}
    with selectors.DefaultSelector() as selector:
        for descriptor in logs:
            os.set_blocking(descriptor, False)
            selector.register(descriptor, selectors.EVENT_READ)
        next_look = start
        while process.poll() is None and not watched.stopped_by:
            for key, _ in selector.select(TICK_S):
                if not _read_log(key.fd, logs[key.fd], watched):
                    selector.unregister(key.fd)
            if not selector.get_map():
                time.sleep(TICK_S)
            now = time.monotonic()
            if watched.logged_bytes > limits.output_mb * 2**20:
                watched.stopped_by = "output"
            elif now - start > limits.wall_time_s:
                watched.stopped_by = "wall"
            elif now >= next_look:
                next_look = now + 0.05
                _look(process.pid, watched, job=job, group=group)
    watched.wall_time_s = time.monotonic() - start
    _finish(process)
    for descriptor, log in logs.items():
        while watched.logged_bytes <= limits.output_mb * 2**20 and _read_log(descriptor, log, watched):
            pass
    if watched.logged_bytes > limits.output_mb * 2**20:
        watched.stopped_by = watched.stopped_by or "output"
    _drain(status_read, watched.status)


def _read_log(descriptor: int, log: bytearray, watched: _Watched) -> int:
    chunk = bytearray()
    n = _drain(descriptor, chunk)
    watched.logged_bytes += n
    log += chunk
    if len(log) > 2 * KEPT_LOG_BYTES:  # keep the beginning and the end
        del log[KEPT_LOG_BYTES : len(log) - KEPT_LOG_BYTES]
    return n


def _look(pid: int, watched: _Watched, *, job: Job, group: cgroups.Group | None) -> None:
    limits = job.limits
    if group is None:
        used = tree_memory_bytes(pid)
        watched.peak_memory_bytes = max(watched.peak_memory_bytes, used)
        if used > limits.memory_mb * 2**20:
            watched.stopped_by = "memory"
        watched.cpu_time_s = max(watched.cpu_time_s, tree_cpu_time_s(pid))
        if limits.cpu_time_s is not None and watched.cpu_time_s > limits.cpu_time_s:
            watched.stopped_by = "cpu"
    else:
        if group.was_out_of_memory():
            watched.stopped_by = "memory"
        if limits.cpu_time_s is not None and group.cpu_time_s() > limits.cpu_time_s:
            watched.stopped_by = "cpu"


def _finish(process: subprocess.Popen[bytes]) -> None:
    """Kill bubblewrap; its death kills the pid namespace's first process and with it every other."""
    if process.poll() is None:
        process.kill()
    process.wait()


def _close_logs(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def _judge(
    watched: _Watched, job: Job, *, is_oom: bool, hit_processes: bool, boxes: dict[str, int]
) -> tuple[Verdict, str, int | None]:
    """Verdict, a sentence, and the exit code, in the order of precedence."""
    limits, code = job.limits, watched.statuses().get("exit-code")
    if is_oom or watched.stopped_by == "memory":
        text = f"The program needed more than its {limits.memory_mb} MB of memory."
        return Verdict.MEMORY_LIMIT, text, code
    if watched.stopped_by == "output":
        return Verdict.OUTPUT_LIMIT, f"The program printed more than {limits.output_mb} MB.", code
    if watched.stopped_by == "wall":
        return Verdict.TIME_LIMIT, f"The program ran longer than {limits.wall_time_s:g} s (wall time).", code
    if watched.stopped_by == "cpu":
        return Verdict.TIME_LIMIT, f"The program used more than {limits.cpu_time_s:g} s of processor time.", code
    if code is None:
        return Verdict.SANDBOX_FAULT, "The sandbox ended without saying how the program did.", None
    if code != 0 and hit_processes:
        text = f"The program started more than {limits.processes} processes and threads."
        return Verdict.PROCESS_LIMIT, text, code
    if code != 0 and (b"[Errno 28]" in watched.stderr or any(_is_full(d) for d in boxes.values())):
        return Verdict.DISK_LIMIT, f"The program wrote more than its {limits.disk_mb} MB of disk.", code
    if code != 0:
        last = clean(bytes(watched.stderr)).strip().splitlines()
        text = last[-1][:300] if last else f"exit code {code}"
        return Verdict.RUNTIME_ERROR, f"The program ended with an error: {text}", code
    return Verdict.OK, "", code


def _is_full(descriptor: int) -> bool:
    space = os.fstatvfs(descriptor)
    return space.f_bavail == 0 or space.f_favail == 0


def _collect(box: int, job: Job) -> tuple[Verdict, str, Path | None]:
    """Copy the predictions out of the box: a regular file of bounded size, opened without following links."""
    for name in OUTPUT_NAMES:
        try:
            source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=box)
        except FileNotFoundError:
            continue
        except OSError:
            return Verdict.INVALID_OUTPUT, f"{name} is a link or a special file; write a plain file.", None
        details = os.fstat(source)
        if not stat.S_ISREG(details.st_mode):  # before fdopen, which raises on a folder
            os.close(source)
            return Verdict.INVALID_OUTPUT, f"{name} is not a plain file.", None
        with os.fdopen(source, "rb") as file:
            if details.st_size > job.limits.output_mb * 2**20:
                return Verdict.INVALID_OUTPUT, f"{name} is larger than {job.limits.output_mb} MB.", None
            target = job.out_dir / name
            job.out_dir.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as copy:
                shutil.copyfileobj(file, copy)
        return Verdict.OK, "", target
    return (
        Verdict.MISSING_OUTPUT,
        "The program ended well but left no submission.csv in its working directory; write one there.",
        None,
    )


def _fault(message: str) -> RunResult:
    return RunResult(verdict=Verdict.SANDBOX_FAULT, message=message)


@contextmanager
def _descriptors() -> Iterator[set[int]]:
    """Descriptors to close at the end; take out those that were closed before, as their numbers are used again."""
    opened: set[int] = set()
    try:
        yield opened
    finally:
        for descriptor in opened:
            os.close(descriptor)
