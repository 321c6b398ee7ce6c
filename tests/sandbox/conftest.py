"""A host worth attacking, with secrets and services within reach of whoever gets out, and scripts to run on it."""

from __future__ import annotations

import ast
import ctypes
import os
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.outcome import RunResult
from grader.sandbox import Job, Limits, cgroups, open_sandbox, warm

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", ROOT / ".venv-student"))
# the suite once more with every program started warm, also those that gain nothing: ARENA_SUITE=warm
IS_WARM = os.environ.get("ARENA_SUITE") == "warm"
CANARY = "CANARY-7f3a1c"
TRAIN = "id,x,label\n1,2,3\n2,3,4\n"
HEADER = re.compile(r"^# (expect|uncounted|warm|limits): (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    """A program with the verdicts that it may have; `uncounted` are those without control groups, `warm` those of forks."""

    path: Path
    expect: frozenset[str]
    uncounted: frozenset[str]
    limits: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> Script:
        found = dict(HEADER.findall(path.read_text(encoding="utf-8")))
        limits = {name: float(value) for name, _, value in (x.partition("=") for x in found.get("limits", "").split())}
        expect = _verdicts(found["expect"])
        uncounted = _verdicts(found["uncounted"]) if "uncounted" in found else expect
        if IS_WARM and "warm" in found:
            expect = _verdicts(found["warm"])
        return cls(path, expect, uncounted, {k: v if k.endswith("_s") else int(v) for k, v in limits.items()})

    @property
    def tries(self) -> str:
        return ast.get_docstring(ast.parse(self.path.read_text(encoding="utf-8"))) or ""


def _verdicts(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split("|"))


@dataclass
class Host:
    """What an insider would know, and what tells that somebody used it."""

    folder: Path
    port: int
    abstract: str
    visitors: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def source(self) -> bytes:
        known = {
            "HIDDEN": str(self.folder / "hidden" / "solution.csv"),
            "ROOT": str(ROOT),
            "DATA": str(self.data),
            "RUNTIME": str(RUNTIME.resolve()),
            "UNIX": str(self.folder / "hidden" / "socket"),
            "ABSTRACT": self.abstract,
            "NAME": socket.gethostname(),
            "TCP": self.port,
            "WORKER": os.getpid(),
        }
        # not in clear: who finds these words anywhere has them from the host
        coded = {name: repr(value).encode().hex() for name, value in known.items()}
        return "".join(f"{name} = eval(bytes.fromhex({value!r}))\n" for name, value in coded.items()).encode()

    def is_untouched(self) -> bool:
        return (
            sorted(os.listdir(self.data)) == ["leads_out", "train.csv"]
            and (self.data / "train.csv").read_text() == TRAIN
            and not Path("/tmp/arena-was-here").exists()
        )


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    """Readable by everyone, so that only the sandbox stands between a program and the labels."""
    folder = Path(tempfile.mkdtemp(prefix="arena-host-"))
    folder.chmod(0o755)
    (folder / "data").mkdir()
    (folder / "hidden").mkdir()
    (folder / "data" / "train.csv").write_text(TRAIN)
    (folder / "hidden" / "solution.csv").write_text(f"id,label\n1,{CANARY}\n")
    (folder / "data" / "leads_out").symlink_to(folder / "hidden" / "solution.csv")
    tcp = socket.create_server(("127.0.0.1", 0))
    file = socket.socket(socket.AF_UNIX)
    file.bind(str(folder / "hidden" / "socket"))
    (folder / "hidden" / "socket").chmod(0o777)
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0arena-{os.getpid()}")
    made = Host(folder, tcp.getsockname()[1], f"arena-{os.getpid()}")

    def welcome(server: socket.socket, name: str) -> None:
        while True:
            try:
                server.accept()[0].close()
            except OSError:
                return
            made.visitors.append(name)

    servers = [(tcp, "tcp"), (file, "file"), (abstract, "abstract")]
    for server, name in servers:
        server.listen()
        threading.Thread(target=welcome, args=(server, name), daemon=True).start()
    libc = ctypes.CDLL(None)
    segment = libc.shmget(0, 4096, 0o1666)
    yield made
    libc.shmctl(segment, 0, None)
    for server, _ in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
    shutil.rmtree(folder)


RunScript = Callable[[Script], RunResult]


@pytest.fixture
def run_script(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunScript:
    """Run a script where it is known what there is to take."""
    monkeypatch.setenv("ARENA_SECRET_KEY", CANARY)
    if IS_WARM:
        monkeypatch.setattr(warm, "recipe_for", lambda _: "science")

    def do(script: Script) -> RunResult:
        limits = {"wall_time_s": 15, "memory_mb": 200, "disk_mb": 16, "output_mb": 1, "processes": 24}
        attack = (HERE / "abuse" / "attack.py").read_bytes()
        job = Job(
            sources={"main.py": script.path.read_bytes(), "attack.py": attack, "host.py": host.source()},
            entry="main.py",
            data_dir=host.data,
            out_dir=tmp_path / "out",
            runtime=RUNTIME,
            limits=Limits(**(limits | script.limits)),
            slug="letters",
            seed=7,
            is_warm=IS_WARM,
        )
        return open_sandbox().run(job)

    return do


@pytest.fixture
def notice(host: Host, run_script: RunScript) -> Callable[[Script], list[str]]:
    """Run a script and say all that is wrong with how it went; nothing, if the sandbox held."""

    def do(script: Script) -> list[str]:
        host.visitors.clear()
        result = run_script(script)
        expected = script.uncounted if cgroups.version() == "none" else script.expect
        wrong = [line for line in result.stdout.splitlines() if line.startswith("BREACH")]
        if result.backend != ("warm" if IS_WARM else "bubblewrap"):
            wrong.append(f"it ran on {result.backend}")
        if result.verdict.value not in expected:
            wrong.append(f"{result.verdict}: {result.message} {result.stdout[-500:]} {result.stderr[-1500:]}")
        given = result.output.read_bytes() if result.output else b"id,label\n"
        if CANARY in result.stdout + result.stderr or CANARY.encode() in given or not given.startswith(b"id,label\n"):
            wrong.append("a secret is out")
        if re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", result.stdout + result.stderr
        ):
            wrong.append("the logs hold control characters")
        wrong += [f"{name} was reached" for name in host.visitors]
        if not host.is_untouched():
            wrong.append("the host was changed")
        return wrong

    return do


@pytest.fixture
def read_script() -> Callable[[Path], Script]:
    """A script from its file."""
    return Script.read
