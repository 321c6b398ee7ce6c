#!/usr/bin/env python3
"""Everything from a clean checkout: environments, demo, tests. Standard library only; see `--help`.

An environment is made again only when its lock file changed: a stamp with the lock's hash is removed first and written
last, so that an interrupted run is simply run again. Two runs at once wait for each other.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS, SITE = ROOT / ".tools", ROOT / ".venv"
STUDENT, STUDENT_CUDA = ROOT / ".venv-student", ROOT / ".venv-student-cuda"
LOCKS = ROOT / "requirements"
NO_CPU_TORCH = """The students' runtime could not be filled; what uv said stands above.
If it is torch's processor-only build that can't be found or reached, choose one:
  - put its wheel into a folder and name it: PIP_FIND_LINKS=/folder make demo
  - accept the CUDA build, about 3 GB: ARENA_TORCH=cuda make demo"""


class Stop(Exception):
    """Set-up can't go on; the message says what the reader can do."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/arena.py", description=__doc__)
    parser.add_argument("verb", choices=["env", "demo", "test", "clean", "lock"])
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    verbs = {"env": environment, "demo": demo, "test": test, "clean": clean, "lock": lock}
    try:
        return verbs[options.verb](options.arguments) or 0
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def run(command: list[str], *, what: str, env: dict[str, str] | None = None) -> None:
    """Run a step, which ends when this process does; on failure say which one it was."""
    environ = {**os.environ, **(env or {})}
    done = subprocess.run(command, cwd=ROOT, env=environ, check=False, preexec_fn=die_with_parent)
    if done.returncode:
        raise Stop(f"Failed: {what} (exit code {done.returncode}).")


def die_with_parent() -> None:
    """In the child: the kernel ends it when this process is gone, even by SIGKILL."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)


# ---- environments


def environment(arguments: list[str] | None = None) -> int:
    """Make whatever is missing or outdated; --production: nothing for tests; --cuda: also a GPU worker's runtime."""
    wanted = set(arguments or [])
    if unknown := wanted - {"--production", "--cuda"}:
        raise Stop(f"env knows --production and --cuda, not {' '.join(sorted(unknown))}.")
    if sys.version_info < (3, 11) or sys.version_info >= (3, 14):
        raise Stop(f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}.")
    system_package(["bwrap"], "bubblewrap", "to run students' code")
    if "--production" not in wanted:
        browsers = ["chromium", "chromium-browser", "google-chrome"]
        system_package(browsers, "chromium", "for the browser tests", is_needed=False)
    if sys.version_info >= (3, 13) and "REDIS_URL" not in os.environ:  # older ones have it in the lock
        system_package(["redis-server", "valkey-server"], "redis-server", "as the broker")
    with alone():
        uv = bootstrap_uv()
        build(uv, SITE, [LOCKS / "web.txt"] if "--production" in wanted else [LOCKS / "web.txt", LOCKS / "dev.txt"])
        build(uv, STUDENT, [student_lock()], failure=NO_CPU_TORCH)
        if "--cuda" in wanted:
            build(uv, STUDENT_CUDA, [LOCKS / "student-cuda.txt"])
        install_project()
    return 0


def student_lock() -> Path:
    """The lock of `.venv-student`; the CUDA build of torch comes only to those who ask for it."""
    wanted = os.environ.get("ARENA_TORCH", "cpu")
    if wanted not in {"cpu", "cuda"}:
        raise Stop(f"ARENA_TORCH={wanted!r} is neither cpu nor cuda.")
    lock = LOCKS / f"student-{wanted}.txt"
    if wanted == "cuda":
        os.environ.setdefault("ARENA_RUNTIME_LOCK", str(lock))  # what the site stamps on results
    return lock


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One run at a time changes the environments; the kernel frees the lock of a process that died."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "set-up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this checkout; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def system_package(binaries: list[str], package: str, purpose: str, *, is_needed: bool = True) -> None:
    """Find one of the programs; as root on Debian install the package, else name the command that does."""
    if any(shutil.which(name) for name in binaries) or apt_install(package, purpose):
        return
    hint = f"{package} is missing ({purpose}). Install it: sudo apt-get install {package}"
    if is_needed:
        raise Stop(hint)
    say(hint)


def apt_install(package: str, purpose: str) -> bool:
    """Install a Debian package, if this is Debian and we are root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {package} {purpose}")
    quiet = {"stdout": subprocess.DEVNULL, "cwd": ROOT, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    return subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, **quiet).returncode == 0


def bootstrap_uv() -> str:
    """uv of an earlier run, else from PATH, else in an environment of its own."""
    own = TOOLS / "bin" / "uv"
    if works(own):
        return str(own)
    if found := shutil.which("uv"):
        return found
    say("Installing uv, the package installer")
    command = [sys.executable, "-m", "venv", "--clear", str(TOOLS / "uv")]
    if subprocess.run(command, capture_output=True, check=False, preexec_fn=die_with_parent).returncode:
        package = f"python3.{sys.version_info.minor}-venv"
        made = apt_install(package, "to make environments") and subprocess.run(command, check=False).returncode == 0
        if not made:
            raise Stop(f"This Python can't make virtual environments. Install it: sudo apt-get install {package}")
    pip = [str(TOOLS / "uv" / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "-r", str(LOCKS / "uv.txt")], what="installing uv")
    own.parent.mkdir(exist_ok=True)
    own.unlink(missing_ok=True)
    own.symlink_to(TOOLS / "uv" / "bin" / "uv")
    return str(own)


def works(program: Path) -> bool:
    """Whether it is there and runs: an installation may have been interrupted."""
    try:
        return subprocess.run([str(program), "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def build(uv: str, folder: Path, locks: list[Path], *, failure: str | None = None) -> None:
    """Make an environment hold exactly what its locks name, for the Python that runs this."""
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    stamp, python = folder / "arena-lock", folder / "bin" / "python"
    is_whole = is_environment(folder) and works(python)
    if is_whole and stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    start = time.monotonic()
    say(f"Making {folder.name} from {', '.join(lock.name for lock in locks)}")
    stamp.unlink(missing_ok=True)
    if not is_whole:  # never hand uv half an environment: its Python would be the machine's own
        remove(folder)
        run([uv, "venv", "-q", "--python", sys.executable, str(folder)], what=f"making {folder.name}")
    command = [uv, "pip", "sync", "--python", str(python), "--require-hashes", "--compile-bytecode"]
    if locks == [LOCKS / "student-cpu.txt"]:
        command += torch_source()
    try:
        run([*command, *map(str, locks)], what=f"filling {folder.name}")
    except Stop as stop:
        raise Stop(f"{stop}\n{failure}" if failure else str(stop)) from None
    part = stamp.with_suffix(".part")
    part.write_text(digest, encoding="ascii")
    part.replace(stamp)
    say(f"{folder.name} is ready ({time.monotonic() - start:.0f} s)")


def is_environment(folder: Path) -> bool:
    """Whether a folder is an environment of this very Python version."""
    try:
        text = (folder / "pyvenv.cfg").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    found = re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", text, re.MULTILINE)
    return found is not None and (int(found[1]), int(found[2])) == sys.version_info[:2]


def torch_source() -> list[str]:
    """Where the processor-only build of torch comes from: PIP_FIND_LINKS, else uv's own knowledge of torch's builds."""
    if links := os.environ.get("PIP_FIND_LINKS"):
        return [option for link in links.split() for option in ("--find-links", link)]
    return ["--torch-backend", "cpu"]


def install_project() -> None:
    """Put both source roots on the site environment's path, and the client on its PATH."""
    packages = next((SITE / "lib").glob("python3.*/site-packages"))
    (packages / "arena-course.pth").write_text(f"{ROOT / 'platform'}\n{ROOT}\n", encoding="utf-8")
    client = SITE / "bin" / "arena"
    client.write_text(f"#!{SITE / 'bin' / 'python'}\nfrom arena_client.cli import main\n\nraise SystemExit(main())\n")
    client.chmod(0o755)


# ---- verbs


def demo(arguments: list[str]) -> int:
    """The site with the demo course; it takes this process's place, so that Ctrl-C reaches it."""
    environment()
    python = str(SITE / "bin" / "python")
    os.chdir(ROOT)
    os.execv(python, [python, "manage.py", "demo", *arguments])


def test(arguments: list[str]) -> int:
    """Every check that a change must pass, in the order of their cost."""
    environment()
    tool, python = SITE / "bin", str(SITE / "bin" / "python")
    tests = [python, "-m", "pytest", "-q", "--durations=5"]
    # it slows every test, so only when asked for
    is_covered = "--coverage" in arguments
    first = ["--cov", "--cov-report="] if is_covered else []
    then = ["--cov", "--cov-append", "--cov-report=term:skip-covered"] if is_covered else []
    if "--all" not in arguments:
        tests += ["-m", "not slow"]
    # what runs whole stacks, sandboxes and browsers needs the machine for itself; the rest shares it
    alone = [f"tests/{name}" for name in ("sandbox", "chaos", "stack", "flows")]
    shared = ["-n", "auto", "--dist", "loadfile", *first, *(f"--ignore={folder}" for folder in alone)]
    steps = [
        ("lint", [str(tool / "ruff"), "check", "."]),
        ("format", [str(tool / "ruff"), "format", "--check", "."]),
        ("types", [str(tool / "mypy")]),
        ("import contracts", [str(tool / "lint-imports")]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        (
            "compose file",
            [str(tool / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        ),
        ("tests", [*tests, *shared]),
        ("tests of whole stacks", [*tests, *then, *alone]),
        ("demo, played by three people", [python, "manage.py", "demo", "--check", "--port", "0"]),
    ]
    for name, command in steps:
        say(name)
        start = time.monotonic()
        run(command, what=name)
        say(f"{name}: passed ({time.monotonic() - start:.0f} s)")
    return 0


def lock(arguments: list[str]) -> int:
    """Resolve the locks again: hashed, without addresses, paths or command lines in them."""
    uv = bootstrap_uv()
    options = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "-q"]
    for name in arguments or ("web", "dev", "student-cpu", "student-cuda", "uv"):
        say(f"Locking {name}")
        path = LOCKS / f"{name}.txt"
        before = hashes(path, "torch")
        how = torch_source() if name == "student-cpu" else ["--universal"]
        # without --universal, so that torch has one build only: what the oldest Python gets fits the newer ones too
        command = [uv, "pip", "compile", *options, *how, "--python-version", "3.11", str(LOCKS / f"{name}.in")]
        no_links = {} if name == "student-cpu" else {"UV_FIND_LINKS": ""}
        run([*command, "-o", str(path)], what=f"locking {name}", env=no_links)
        if name == "student-cpu":
            keep_hashes(path, "torch", before)
    return 0


def hashes(path: Path, package: str) -> tuple[str, set[str]]:
    """The locked version of a package and the hashes of its accepted builds."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(rf"^{package}==(\S+)[^\n]*((?:\n +--hash=\S+(?: \\)?)+)", text, re.MULTILINE)
    return (found[1], set(re.findall(r"--hash=\S+", found[2]))) if found else ("", set())


def keep_hashes(path: Path, package: str, before: tuple[str, set[str]]) -> None:
    """A folder of wheels may hold the build of one Python alone: the other builds of the same version stay accepted."""
    version, new = hashes(path, package)
    if version != before[0] or new >= before[1]:
        return
    lines = " \\\n    ".join(sorted(new | before[1]))
    text = path.read_text(encoding="utf-8")
    text = re.sub(
        rf"^({package}==\S+)( [^\n]*)?((?:\n +--hash=\S+(?: \\)?)+)",
        lambda m: f"{m[1]} \\\n    {lines}",
        text,
        flags=re.MULTILINE,
    )
    path.write_text(text, encoding="utf-8")


def clean(arguments: list[str]) -> int:
    """Remove everything that the other verbs made."""
    made = [TOOLS, SITE, STUDENT, STUDENT_CUDA, ROOT / ".venv-models", ROOT / "var", ROOT / "build", ROOT / "htmlcov"]
    caches = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache")
    made += [ROOT / name for name in caches] + list(ROOT.glob(".coverage*"))
    for path in made:
        remove(path)
    for cache in ROOT.rglob("__pycache__"):
        shutil.rmtree(cache, ignore_errors=True)
    return 0


def remove(path: Path) -> None:
    """A file, a folder, or a link but not what it points at; or nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    raise SystemExit(main())
