"""Programs that a student might hand in, hostile and legitimate, in the real sandbox."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.outcome import RunResult, Verdict
from grader.sandbox import Job, Limits, open_sandbox

pytestmark = pytest.mark.sandbox
WRITE = 'open("submission.csv", "w").write("id,label\\n1,2\\n")\n'
Run = Callable[..., RunResult]


@pytest.fixture
def run(tmp_path: Path, runtime: Path) -> Run:
    data = tmp_path / "data"
    data.mkdir()
    (data / "train.csv").write_text("id,x,label\n1,2,3\n")

    def do(source: str, *, name: str = "main.py", more: dict[str, bytes] | None = None, **limits: float) -> RunResult:
        limits = {"wall_time_s": 20, "memory_mb": 400, "disk_mb": 30, "output_mb": 1, "processes": 24} | limits
        job = Job(
            sources={name: source.encode(), **(more or {})},
            entry=name,
            data_dir=data,
            out_dir=tmp_path / "out",
            runtime=runtime,
            limits=Limits(**limits),
            slug="letters",
        )
        return open_sandbox().run(job)

    return do


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(WRITE, id="plain"),
        pytest.param(
            'import pandas as pd; pd.read_csv("data/train.csv").to_csv("submission.csv", index=False)', id="pandas"
        ),
        pytest.param('open("/kaggle/input/letters/train.csv").read(); ' + WRITE, id="kaggle paths"),
        pytest.param('import os; open(os.environ["DATA_DIR"] + "/train.csv").read(); ' + WRITE, id="data variable"),
        pytest.param('import tempfile; tempfile.TemporaryFile().write(b"x"); ' + WRITE, id="temporary file"),
        pytest.param('import subprocess; subprocess.run(["echo", "hi"], check=True); ' + WRITE, id="subprocess"),
        pytest.param(
            "from multiprocessing import Pool\nif __name__ == '__main__':\n"
            "    assert Pool(2).map(abs, [-1, -2]) == [1, 2]\n    " + WRITE,
            id="multiprocessing",
        ),
        pytest.param("import warnings; [warnings.warn(str(i)) for i in range(500)]; " + WRITE, id="warnings galore"),
        pytest.param(
            'import getpass, os; getpass.getuser(); open(os.environ["HOME"] + "/x", "w"); ' + WRITE, id="home"
        ),
    ],
)
def test_a_legitimate_program_is_ok(run: Run, source: str):
    result = run(source)
    assert (result.verdict, result.message) == (Verdict.OK, "")
    assert result.output is not None
    assert result.output.read_text().startswith("id,")


@pytest.mark.parametrize(
    ("source", "limits", "verdict"),
    [
        pytest.param("while True: pass", {"wall_time_s": 1}, "time_limit", id="endless loop"),
        pytest.param("import time; time.sleep(60)", {"wall_time_s": 1}, "time_limit", id="sleep"),
        pytest.param("while True: pass", {"cpu_time_s": 0.5}, "time_limit", id="processor time"),
        pytest.param("x = []\nwhile True: x.append(bytearray(10**7))", {}, "memory_limit", id="memory"),
        pytest.param(
            "import mmap\nm = [mmap.mmap(-1, 10**8) for _ in range(9)]\nfor x in m:\n    for i in range(0, 10**8, 4096): x[i] = 1",
            {},
            "memory_limit",
            id="shared memory",
        ),
        pytest.param("import os\nwhile True: os.fork()", {}, "process_limit", id="fork bomb"),
        pytest.param("while True: print('x' * 1000)", {}, "output_limit", id="log flood"),
        pytest.param("open('big', 'wb').write(b'x' * 10**8)", {}, "disk_limit", id="disk"),
        pytest.param("raise ValueError('why')", {}, "runtime_error", id="exception"),
        pytest.param("def (", {}, "runtime_error", id="syntax error"),
        pytest.param("print(1)", {}, "missing_output", id="no output"),
        pytest.param(
            "import os; os.symlink('/etc/passwd', 'submission.csv')", {}, "invalid_output", id="linked output"
        ),
        pytest.param("import os; os.mkfifo('submission.csv')", {}, "invalid_output", id="pipe as output"),
        pytest.param("import os; os.mkdir('submission.csv')", {}, "invalid_output", id="folder as output"),
        pytest.param("open('submission.csv', 'wb').write(b'x' * 3 * 10**6)", {}, "invalid_output", id="huge output"),
    ],
)
def test_a_broken_limit_or_output_has_its_verdict(run: Run, source: str, limits: dict[str, float], verdict: str):
    assert run(source, **limits).verdict == verdict


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import socket; socket.create_connection(('127.0.0.1', 22), 1)", id="loopback"),
        pytest.param("import socket; socket.create_connection(('169.254.169.254', 80), 1)", id="metadata address"),
        pytest.param("import socket; socket.socket(40, socket.SOCK_STREAM)", id="vsock"),
        pytest.param("import os; os.listdir('/home')", id="host folders"),
        pytest.param("open('/etc/shadow').read()", id="shadow"),
        pytest.param("open('data/train.csv', 'a')", id="write data"),
        pytest.param("open('/runtime/x', 'w')", id="write runtime"),
        pytest.param("open('/usr/x', 'w')", id="write system"),
        pytest.param("import os; os.setuid(0)", id="become root"),
        pytest.param("import os; assert os.unshare(0x10000000) == 0", id="new namespace"),
        pytest.param(
            "import ctypes; l = ctypes.CDLL(None, use_errno=True); assert l.unshare(0x10000000) == 0",
            id="unshare by hand",
        ),
        pytest.param("import ctypes; assert ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0", id="ptrace"),
        pytest.param("import ctypes; assert ctypes.CDLL(None).syscall(321, 0, 0, 0) >= 0", id="bpf"),
        pytest.param("import ctypes; assert ctypes.CDLL(None).syscall(425, 8, 0) >= 0", id="io_uring"),
        pytest.param(
            "import ctypes; assert ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, None) == 0", id="mount"
        ),
    ],
)
def test_what_is_forbidden_fails_inside(run: Run, source: str):
    assert run(source + "\n" + WRITE).verdict == Verdict.RUNTIME_ERROR


def test_nothing_of_the_worker_is_readable(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_SECRET_KEY", "crown-jewel")
    look = """
import glob
for place in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try:
        print(place, open(place, "rb").read())
    except OSError:
        pass
"""
    result = run(look + WRITE)
    assert result.verdict == Verdict.OK
    assert "crown-jewel" not in result.stdout
    assert str(Path(__file__).parents[2]) not in result.stdout


def test_a_daemon_that_holds_the_pipe_dies_with_the_run(run: Run):
    start = time.monotonic()
    result = run("import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(100)\n" + WRITE)
    assert result.verdict == Verdict.OK
    assert time.monotonic() - start < 10


def test_a_students_module_does_not_shadow_ours_and_logs_are_harmless(run: Run):
    result = run(
        'print("\\x1b[2J\\u202eevil", end="")\n' + WRITE, more={"platform.py": b"1/0", "random.py": b"import os"}
    )
    assert result.verdict == Verdict.OK
    assert result.stdout == "[2Jevil"


def test_nothing_is_left_after_a_run(run: Run):
    def left() -> list[str]:
        groups = [str(p) for p in Path("/sys/fs/cgroup").glob("**/arena-*")]
        return groups + [str(p) for p in Path("/tmp").glob("arena-box-*")]

    before = set(left())
    run("import os\nfor _ in range(5): os.fork()\n" + WRITE)
    assert set(left()) <= before


def test_the_result_says_what_was_used(run: Run):
    result = run("x = bytearray(100_000_000)\nfor i in range(3_000_000): pass\n" + WRITE)
    assert result.peak_memory_bytes > 90_000_000 or not os.access("/sys/fs/cgroup", os.W_OK)
    assert 0 < result.cpu_time_s <= result.wall_time_s * (os.cpu_count() or 1) + 1
