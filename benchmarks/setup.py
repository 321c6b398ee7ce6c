"""How long a newcomer waits: from a clean checkout to the environments, and to the demo's first page.

Run as `python3 benchmarks/setup.py [--cold] [--limit-s 600]` from the root; it needs only the standard library and
works in a copy of the checkout, in a temporary folder. Warm takes the packages from the installer's cache; --cold also
measures with an empty cache, which downloads about half a gigabyte. A step that takes longer than the limit is killed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UP = "The site is up: "


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", action="store_true", help="also with an empty cache of packages")
    parser.add_argument("--limit-s", type=float, default=600)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started and made here goes too
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'cache':8}{'step':36}{'s':>8}")
    for cache in ("cold", "warm") if options.cold else ("warm",):
        with tempfile.TemporaryDirectory(prefix="arena-setup-") as name:
            _measure(cache, Path(name), options.limit_s)


def _measure(cache: str, folder: Path, limit_s: float) -> None:
    checkout = _copy(folder / "checkout")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ARENA_", "DATABASE_URL", "REDIS_URL"))}
    if cache == "cold":
        env |= {"UV_CACHE_DIR": str(folder / "cache"), "PIP_NO_CACHE_DIR": "1"}
    for title, step in {
        "environments from nothing": _environments,
        "environments, nothing to do": _environments,
        "first demo, to its first page": _first_page,
        "second demo, to its first page": _first_page,
    }.items():
        print(f"{cache:8}{title:36}{step(checkout, env, limit_s):8.1f}", flush=True)


def _copy(target: Path) -> Path:
    """What git knows of the checkout, as it stands."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


@contextmanager
def _running(checkout: Path, env: dict[str, str], limit_s: float, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The set-up script; at the end of the block, or at the limit, it and all that it started is gone."""
    command = [sys.executable, str(checkout / "scripts" / "arena.py"), *arguments]
    process = subprocess.Popen(
        command, cwd=checkout, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    timer = threading.Timer(limit_s, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _environments(checkout: Path, env: dict[str, str], limit_s: float) -> float:
    start = time.monotonic()
    with _running(checkout, env, limit_s, "env") as process:
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"arena.py env ended with {process.returncode}:\n{said[-2000:]}")
    return time.monotonic() - start


def _first_page(checkout: Path, env: dict[str, str], limit_s: float) -> float:
    """From the command to the sign-in page in hand."""
    start = time.monotonic()
    said = []
    with _running(checkout, env, limit_s, "demo", "--port", "0") as process:
        for line in process.stdout or ():
            said.append(line)
            if line.startswith(UP):
                address = line.removeprefix(UP).strip()
                with urllib.request.urlopen(f"{address}account/sign-in/", timeout=60) as answer:
                    answer.read()
                return time.monotonic() - start
    raise SystemExit(f"The demo did not come up:\n{''.join(said)[-2000:]}")


if __name__ == "__main__":
    main()
