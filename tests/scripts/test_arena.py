"""The set-up script with the real installer, on hand-made wheels that a local server hands out."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
OWN_UV = ROOT / ".tools" / "bin" / "uv"
UV = str(OWN_UV) if OWN_UV.exists() else shutil.which("uv")
pytestmark = pytest.mark.skipif(UV is None, reason="uv is neither in .tools nor on PATH")


def wheel(name: str, version: str = "1.0") -> tuple[str, bytes]:
    """File name and bytes of a wheel with one module that holds its version."""
    info = f"{name}-{version}.dist-info"
    files = {
        # versions differ in size: Python takes bytecode of the same second and size for the newer source's
        f"{name}.py": f"VERSION = {version!r}\n" + "\n" * int(float(version)),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for path, text in files.items()
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return f"{name}-{version}-py3-none-any.whl", data.getvalue()


@pytest.fixture
def shop():
    """A page of wheels. While `gate` is closed, the download of a wheel named in `slow` never ends."""
    wheels = dict(wheel(name) for name in ("siteone", "sitetwo", "studentone"))
    wheels |= dict([wheel("siteone", "2.0")])
    shop = SimpleNamespace(wheels=wheels, slow=set(), gate=threading.Event(), reached=threading.Event(), served=[])
    shop.gate.set()

    def digest(name: str) -> str:
        return hashlib.sha256(shop.wheels[name]).hexdigest()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # /simple/PROJECT/ is an index's page, / the page of a --find-links, /WHEEL a wheel
            project, _, name = self.path.removeprefix("/simple/").rpartition("/")
            if name in shop.slow:
                shop.reached.set()
                shop.gate.wait(60)
            mine = [wheel for wheel in shop.wheels if wheel.startswith(project)]
            links = [f'<a href="/{wheel}#sha256={digest(wheel)}">{wheel}</a>' for wheel in mine]
            body = shop.wheels.get(name) or f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
            kind = "application/octet-stream" if name in shop.wheels else "text/html"
            shop.served.append(name)
            try:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # the other side was killed

        def do_HEAD(self) -> None:
            self.send_error(405)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shop.address = f"http://127.0.0.1:{server.server_address[1]}/"
        yield shop
        shop.gate.set()
        server.shutdown()


@pytest.fixture
def checkout(tmp_path, shop):
    """A checkout with the set-up script, locks of the shop's wheels, and nothing else on PATH than it needs."""
    root, tools = tmp_path / "checkout", tmp_path / "bin"
    (root / "scripts").mkdir(parents=True)
    (root / "requirements").mkdir()
    tools.mkdir()
    shutil.copy(ROOT / "scripts" / "arena.py", root / "scripts")
    for name in ("bwrap", "chromium", "redis-server"):
        (tools / name).write_text("")
        (tools / name).chmod(0o755)
    env = {
        "PATH": str(tools), "HOME": str(tmp_path), "UV_CACHE_DIR": str(tmp_path / "cache"), "UV_HTTP_RETRIES": "0",
        "UV_DEFAULT_INDEX": f"{shop.address}simple", "PIP_FIND_LINKS": shop.address, "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_CONFIG": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
    }  # fmt: skip
    # uv itself may be a script that needs the usual PATH
    (tools / "uv").write_text(f'#!/bin/sh\nPATH="{os.environ["PATH"]}" exec "{UV}" "$@"\n')
    (tools / "uv").chmod(0o755)

    def lock(name: str, *wanted: tuple[str, str]) -> None:
        lines = [
            f"{p}=={v} --hash=sha256:{hashlib.sha256(shop.wheels[f'{p}-{v}-py3-none-any.whl']).hexdigest()}\n"
            for p, v in wanted
        ]
        (root / "requirements" / f"{name}.txt").write_text("".join(lines))

    def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-I", str(root / "scripts" / "arena.py"), *arguments]
        return subprocess.Popen(
            command,
            env=env | variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(*arguments: str, **variables: str) -> SimpleNamespace:
        process = start(*arguments, **variables)
        said, _ = process.communicate(timeout=120)
        return SimpleNamespace(code=process.returncode, said=said)

    def version(folder: str, module: str) -> str | None:
        command = [str(root / folder / "bin" / "python"), "-I", "-c", f"import {module}; print({module}.VERSION)"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    lock("web", ("siteone", "1.0"))
    lock("dev", ("sitetwo", "1.0"))
    lock("student-cpu", ("studentone", "1.0"))
    return SimpleNamespace(root=root, tools=tools, lock=lock, start=start, run=run, version=version)


def wait_until(happened, seconds=30):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_both_environments_are_made_apart_and_a_second_run_changes_nothing(checkout, shop):
    first = checkout.run("env")
    assert first.code == 0, first.said
    assert "Making .venv from web.txt, dev.txt" in first.said
    assert "Making .venv-student from student-cpu.txt" in first.said
    assert (checkout.version(".venv", "siteone"), checkout.version(".venv", "sitetwo")) == ("1.0", "1.0")
    assert checkout.version(".venv-student", "studentone") == "1.0"
    assert checkout.version(".venv-student", "siteone") is None
    served = len(shop.served)
    second = checkout.run("env")
    assert (second.code, second.said) == (0, "")
    assert len(shop.served) == served


def test_only_the_environment_whose_lock_changed_is_made_again(checkout):
    checkout.run("env")
    checkout.lock("web", ("siteone", "2.0"))
    again = checkout.run("env")
    assert again.code == 0, again.said
    assert "Making .venv from" in again.said
    assert ".venv-student" not in again.said
    assert checkout.version(".venv", "siteone") == "2.0"


def test_what_a_lock_no_longer_names_is_removed(checkout):
    checkout.run("env")
    checkout.lock("dev", ("siteone", "1.0"))
    assert checkout.run("env").code == 0
    assert checkout.version(".venv", "sitetwo") is None


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_killed_midway_leaves_no_process_and_the_next_one_goes_on(checkout, shop, how):
    shop.slow = {"sitetwo-1.0-py3-none-any.whl"}
    shop.gate.clear()
    process = checkout.start("env")
    assert shop.reached.wait(60)
    assert not (checkout.root / ".venv" / "arena-lock").exists()
    if how is signal.SIGINT:  # Ctrl-C reaches the whole group
        os.killpg(process.pid, how)
    else:  # this one process alone
        process.send_signal(how)
    process.communicate(timeout=30)
    wait_until(lambda: not _group_lives(process.pid))
    shop.gate.set()
    shop.slow.clear()
    again = checkout.run("env")
    assert again.code == 0, again.said
    assert (checkout.version(".venv", "sitetwo"), checkout.version(".venv-student", "studentone")) == ("1.0", "1.0")


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_lock_that_changed_back_after_an_interruption_is_installed_again(checkout, shop):
    checkout.run("env")
    checkout.lock("web", ("siteone", "2.0"))
    shop.slow = {"siteone-2.0-py3-none-any.whl"}
    shop.gate.clear()
    process = checkout.start("env")
    assert shop.reached.wait(60)
    process.kill()
    process.communicate(timeout=30)
    shop.gate.set()
    checkout.lock("web", ("siteone", "1.0"))
    again = checkout.run("env")
    assert "Making .venv from" in again.said
    assert checkout.version(".venv", "siteone") == "1.0"


@pytest.mark.parametrize("damage", ["pyvenv.cfg", "bin/python"])
def test_half_an_environment_is_made_anew_and_never_handed_to_the_installer(checkout, damage):
    checkout.run("env")
    (checkout.root / ".venv-student" / damage).unlink()
    again = checkout.run("env")
    assert again.code == 0, again.said
    assert checkout.version(".venv-student", "studentone") == "1.0"


def test_an_environment_of_another_python_is_made_anew(checkout):
    checkout.run("env")
    config = checkout.root / ".venv" / "pyvenv.cfg"
    other = f"3.{sys.version_info.minor - 1}.1"
    lines = [
        f"version_info = {other}" if line.startswith("version") else line for line in config.read_text().split("\n")
    ]
    config.write_text("\n".join(lines))
    assert "Making .venv from" in checkout.run("env").said
    assert other not in config.read_text()


def test_two_runs_at_once_take_turns(checkout, shop):
    shop.slow = {"sitetwo-1.0-py3-none-any.whl"}
    shop.gate.clear()
    first = checkout.start("env")
    assert shop.reached.wait(60)
    second = checkout.start("env")
    time.sleep(0.5)
    assert second.poll() is None
    shop.gate.set()
    said_first, _ = first.communicate(timeout=60)
    said_second, _ = second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0), said_first + said_second
    assert "Making" not in said_second
    assert "waiting for it" in said_second


def test_a_wheel_with_another_hash_is_refused_and_the_reader_told_what_to_do(checkout):
    lock = checkout.root / "requirements" / "student-cpu.txt"
    lock.write_text(f"studentone==1.0 --hash=sha256:{'0' * 64}\n")
    done = checkout.run("env")
    assert done.code == 1
    assert "PIP_FIND_LINKS=/folder make demo" in done.said
    assert "ARENA_TORCH=cuda make demo" in done.said
    assert "Traceback" not in done.said
    assert not (checkout.root / ".venv-student" / "arena-lock").exists()


def test_the_cuda_build_comes_only_to_those_who_ask(checkout):
    checkout.lock("student-cuda", ("sitetwo", "1.0"))
    assert checkout.run("env", ARENA_TORCH="cuda").code == 0
    assert checkout.version(".venv-student", "sitetwo") == "1.0"
    assert checkout.version(".venv-student", "studentone") is None
    wrong = checkout.run("env", ARENA_TORCH="tpu")
    assert (wrong.code, "neither cpu nor cuda" in wrong.said) == (1, True)


def test_a_gpu_workers_runtime_stands_beside_the_other(checkout):
    checkout.lock("student-cuda", ("sitetwo", "1.0"))
    assert checkout.run("env", "--cuda").code == 0
    assert checkout.version(".venv-student", "studentone") == "1.0"
    assert checkout.version(".venv-student-cuda", "sitetwo") == "1.0"


def test_a_missing_system_package_is_named_with_the_command_that_installs_it(checkout):
    (checkout.tools / "bwrap").unlink()
    done = checkout.run("env")
    assert done.code == 1
    assert "sudo apt-get install bubblewrap" in done.said
    assert not (checkout.root / ".venv").exists()


def test_a_missing_browser_is_named_and_holds_nothing_up(checkout):
    (checkout.tools / "chromium").unlink()
    done = checkout.run("env")
    assert done.code == 0
    assert "sudo apt-get install chromium" in done.said


def test_clean_removes_what_was_made_and_nothing_else(checkout, tmp_path):
    keep = tmp_path / "elsewhere"
    keep.mkdir()
    (keep / "file").write_text("stays")
    before = sorted(path.relative_to(checkout.root) for path in checkout.root.rglob("*"))
    checkout.run("env")
    (checkout.root / "var" / "logs").mkdir(parents=True)
    (checkout.root / ".coverage.host").write_text("")
    (checkout.root / "build").symlink_to(keep)
    assert checkout.run("clean").code == 0
    assert sorted(path.relative_to(checkout.root) for path in checkout.root.rglob("*")) == before
    assert (keep / "file").read_text() == "stays"
    assert checkout.run("clean").code == 0
