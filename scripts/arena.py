#!/usr/bin/env python3
"""Everything from a clean checkout: environments, demo, tests. Standard library only; see `--help`.

An environment is made again only when its lock file changed: a stamp with the lock's hash is written last, so that an
interrupted run is simply run again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS, SITE, STUDENT = ROOT / ".tools", ROOT / ".venv", ROOT / ".venv-student"
LOCKS = ROOT / "requirements"
UV = "uv==0.13.8"


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
    """Run a step; on failure say which one it was."""
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}, check=False)
    if done.returncode:
        raise Stop(f"Failed: {what} (exit code {done.returncode}).")


# ---- environments


def environment(arguments: list[str] | None = None) -> int:
    """Make whatever is missing or outdated."""
    if sys.version_info < (3, 11) or sys.version_info >= (3, 14):
        raise Stop(f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}.")
    system_package("bwrap", "bubblewrap", "to run students' code")
    system_package("chromium", "chromium", "for the browser tests", is_needed=False)
    uv = bootstrap_uv()
    build(uv, SITE, [LOCKS / "web.txt", LOCKS / "dev.txt"])
    build(uv, STUDENT, [LOCKS / "student-cpu.txt"])
    install_project()
    return 0


def system_package(binary: str, package: str, purpose: str, *, is_needed: bool = True) -> None:
    """Find a program; as root on Debian install it, else name the command that does."""
    names = (binary, "chromium-browser", "google-chrome") if binary == "chromium" else (binary,)
    if any(shutil.which(name) for name in names):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {package} {purpose}")
        env = {"DEBIAN_FRONTEND": "noninteractive"}
        quiet = {"stdout": subprocess.DEVNULL, "cwd": ROOT, "env": {**os.environ, **env}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        if subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, **quiet).returncode == 0:
            return
    hint = f"{package} is missing ({purpose}). Install it: sudo apt-get install {package}"
    if is_needed:
        raise Stop(hint)
    say(hint)


def bootstrap_uv() -> str:
    """uv from PATH, else in an environment of its own."""
    own = TOOLS / "bin" / "uv"
    if own.exists():
        return str(own)
    if found := shutil.which("uv"):
        return found
    say("Installing uv, the package installer")
    made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], capture_output=True, text=True, check=False)
    if made.returncode:
        shutil.rmtree(TOOLS, ignore_errors=True)
        package = f"python3.{sys.version_info.minor}-venv"
        if os.geteuid() == 0 and shutil.which("apt-get"):
            subprocess.run(["apt-get", "update", "-qq"], check=False)
            subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False)
            made = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=False)
        if made.returncode:
            raise Stop(f"This Python can't make virtual environments. Install it: sudo apt-get install {package}")
    run([str(TOOLS / "bin" / "pip"), "install", "-q", UV], what="installing uv")
    return str(own)


def build(uv: str, folder: Path, locks: list[Path]) -> None:
    """Make an environment hold exactly what its locks name."""
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
    stamp = folder / "arena-lock"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    start = time.monotonic()
    say(f"Making {folder.name} from {', '.join(lock.name for lock in locks)}")
    if not (folder / "bin" / "python").exists():
        run(
            [uv, "venv", "-q", "--allow-existing", "--python", sys.executable, str(folder)],
            what=f"making {folder.name}",
        )
    command = [uv, "pip", "sync", "--python", str(folder / "bin" / "python"), "--require-hashes", "--compile-bytecode"]
    if folder == STUDENT:
        command += torch_source()
    run([*command, *map(str, locks)], what=f"filling {folder.name}")
    stamp.write_text(digest, encoding="ascii")
    say(f"{folder.name} is ready ({time.monotonic() - start:.0f} s)")


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
    tests = [python, "-m", "pytest", "-q", "--cov", "--cov-report=term:skip-covered", "--durations=5"]
    if "--all" not in arguments:
        tests += ["-m", "not slow"]
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
        ("tests", tests),
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
    for name in ("web", "dev", "student-cpu"):
        say(f"Locking {name}")
        options = [
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "--no-emit-index-url",
            "--no-emit-find-links",
            "-q",
        ]
        options += torch_source() if name == "student-cpu" else ["--universal", "--python-version", "3.11"]
        output = ["-o", str(LOCKS / f"{name}.txt")]
        run([uv, "pip", "compile", *options, str(LOCKS / f"{name}.in"), *output], what=f"locking {name}")
    return 0


def clean(arguments: list[str]) -> int:
    """Remove everything that the other verbs made."""
    made = [TOOLS, SITE, STUDENT, ROOT / "var", ROOT / "build", ROOT / ".coverage", ROOT / "htmlcov"]
    made += [
        ROOT / name for name in (".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache")
    ]
    for path in made:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
    for cache in ROOT.rglob("__pycache__"):
        shutil.rmtree(cache, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
