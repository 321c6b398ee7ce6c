"""`python -m grader run`: one JSON object, exit codes that scripts can trust, and runs that can be repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).parents[2]
KEYS = {
    "verdict", "message", "exit_code", "signal", "wall_time_s", "cpu_time_s", "peak_memory_bytes",
    "peak_gpu_memory_bytes", "stdout", "stderr", "output",
}  # fmt: skip
SEEDED = 'import os\nopen("submission.csv", "w").write("id,label\\n1," + os.environ["ARENA_SEED"] + "\\n")\n'


@pytest.fixture
def run(tmp_path: Path, runtime: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("id,label\n1,2\n")

    def do(source: str, *options: str, **environment: str) -> tuple[int, dict[str, object], str]:
        (tmp_path / "main.py").write_text(source)
        places = ["--data", str(tmp_path / "data"), "--out", str(tmp_path / "out"), "--runtime", str(runtime)]
        done = subprocess.run(
            [sys.executable, "-m", "grader", "run", str(tmp_path / "main.py"), *places, *options],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout), done.stderr.decode()

    return do


def test_a_good_run_prints_the_whole_contract(run, tmp_path: Path):
    code, said, _ = run(SEEDED, "--seed", "5")
    assert code == 0
    assert said.keys() >= KEYS
    assert (said["verdict"], said["output"]) == ("ok", str(tmp_path / "out" / "submission.csv"))
    assert (tmp_path / "out" / "submission.csv").read_text() == "id,label\n1,5\n"


@pytest.mark.parametrize(
    ("source", "options", "verdict"),
    [
        ("while True: pass", ["--wall-time-s", "0.5"], "time_limit"),
        ("while True: pass", ["--cpu-time-s", "0.5"], "time_limit"),
        ("x = bytearray(300_000_000)", ["--memory-mb", "100"], "memory_limit"),
        ("1 / 0", [], "runtime_error"),
    ],
)
def test_a_student_s_failure_is_no_failure_of_the_command(run, source: str, options: list[str], verdict: str):
    code, said, _ = run(source, *options)
    assert (code, said["verdict"], said["output"]) == (0, verdict, None)


def test_any_text_is_printed_in_any_locale(run):
    _, said, _ = run('print("ș 東 🙂")\n' + SEEDED, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert said["stdout"] == "ș 東 🙂\n"


def test_a_fault_of_ours_exits_with_one(run):
    code, said, told = run(SEEDED, "--backend", "docker", DOCKER_HOST="unix:///nowhere")
    assert (code, said["verdict"]) == (1, "sandbox_fault")
    assert "Docker" in told


def test_a_run_is_repeated_from_its_record_and_differences_are_named(run, tmp_path: Path):
    record = str(tmp_path / "record.json")
    run(SEEDED, "--record", record, "--seed", "9", "--memory-mb", "300")
    assert json.loads(Path(record).read_text())["limits"]["memory_mb"] == 300
    _, said, told = run(SEEDED, "--like", record)
    assert "As recorded, predictions included." in told
    assert Path(str(said["output"])).read_text() == "id,label\n1,9\n"
    (tmp_path / "data" / "train.csv").write_text("id,label\n1,3\n")
    _, _, told = run(SEEDED + "# changed", "--like", record)
    assert "Differs in sources.main.py, data.train.csv." in told


def test_what_is_no_record_is_refused(run, tmp_path: Path):
    (tmp_path / "x.json").write_text("[]")
    code, said, _ = run(SEEDED, "--like", str(tmp_path / "x.json"))
    assert (code, said["code"]) == (2, "no_record")


def test_an_archive_s_packages_are_imported_and_folders_beside_the_entry_too(tmp_path: Path, runtime: Path):
    tree = {
        "main.py": 'from tools.net import ANSWER\nopen("submission.csv", "w").write(f"id,label\\n1,{ANSWER}\\n")\n',
        "tools/__init__.py": "",
        "tools/net.py": "import pathlib\npathlib.Path('tools/mine.txt').write_text('x')\nANSWER = 42\n",
    }
    (tmp_path / "data").mkdir()
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as archive:
        for name, text in tree.items():
            archive.writestr(f"work/{name}", text)
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
    for sources in (["work.zip"], ["main.py", "tools"], ["main.py", "tools/__init__.py", "tools/net.py"]):
        out = tmp_path / "out" / "-".join(sources).replace("/", "-")
        command = [sys.executable, "-m", "grader", "run", *(str(tmp_path / name) for name in sources)]
        command += ["--data", str(tmp_path / "data"), "--out", str(out), "--runtime", str(runtime)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert json.loads(done.stdout)["verdict"] == "ok", done.stdout
        assert (out / "submission.csv").read_text() == "id,label\n1,42\n"
