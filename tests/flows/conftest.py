"""The demo course as a real site of processes (database, broker, workers, sandbox), and a real browser on it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from arena.stack.processes import die_with_parent

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
N_STUDENTS = 24
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# no request leaves this machine
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PEOPLE = {
    "student": "student@demo.example",
    "classmate": "student001@demo.example",
    "assistant": "assistant@demo.example",
    "instructor": "instructor@demo.example",
    "admin": "admin@demo.example",
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """A running demo: its address, its folder, and the password of its people."""

    address: str
    var: Path
    password: str


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`manage.py demo` with a small course, all of whose submissions are judged."""
    var = tmp_path_factory.mktemp("site")
    with _running(var, "--students", str(N_STUDENTS)) as (site, process):
        handed_in = rf"({N_STUDENTS} of {N_STUDENTS} students have handed in)"
        _wait(var / "logs" / "students.log", process, handed_in, seconds=240)
        _wait(var / "demo.log", process, r"judged (\d+) of \1 submissions", seconds=480, last=True)
        yield site


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`manage.py demo --empty`: nobody but an admin, and no course."""
    with _running(tmp_path_factory.mktemp("empty"), "--empty") as (site, _process):
        yield site


@contextmanager
def _running(var: Path, *options: str) -> Iterator[tuple[Site, subprocess.Popen[bytes]]]:
    log = var / "demo.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", "0", *options],
            cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=die_with_parent,
            env={**os.environ, "ARENA_VAR": str(var), "DJANGO_SETTINGS_MODULE": "arena.settings.embedded"},
        )  # fmt: skip
    try:
        text = _wait(log, process, r"The site is up: (\S+?)/?\s", seconds=180)
        password = _wait(log, process, r"admin\s+\S+\s+password (\S+)", seconds=5)
        yield Site(address=text, var=var, password=password), process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(log: Path, process: subprocess.Popen[bytes], pattern: str, *, seconds: float, last: bool = False) -> str:
    """The first group of the pattern once it stands in the log, or at the log's end."""
    deadline = time.monotonic() + seconds
    text = ""
    while time.monotonic() < deadline:
        text = log.read_text() if log.exists() else ""
        found = re.search(rf"{pattern}\s*\Z" if last else pattern, text)
        if found:
            return found[1]
        assert process.poll() is None, text
        time.sleep(0.2)
    raise AssertionError(f"{pattern!r} did not appear within {seconds:g} s:\n{text[-3000:]}")


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder for screenshots, which git ignores."""
    return SCREENSHOTS


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.fail("These tests need Chromium: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


def _is_fault(line: ConsoleMessage) -> bool:
    """An answer that failed is told with its address by `_failed`."""
    return line.type == "error" and "Failed to load resource" not in line.text


def _failed(answer: Response) -> bool:
    """A refused form is answered with 422, which we intend."""
    return answer.status >= 400 and answer.status != 422


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`visit(role, width=1280, theme="light", language="en")`: a signed-in page. Errors in its console fail the test."""
    contexts, faults = [], []

    def sign_in(role: str | None, *, width: int = 1280, theme: str = "light", language: str = "en") -> Page:
        context = browser.new_context(
            base_url=site.address, viewport={"width": width, "height": 860}, color_scheme=theme, locale=language
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if _is_fault(line) else None)
        page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if _failed(answer) else None)
        if role:
            page.goto("/account/sign-in/")
            page.fill("[name=username]", PEOPLE[role])
            page.fill("[name=password]", site.password)
            page.click("main button")
            page.wait_for_selector("details.menu")
            # another test may have left the person with another language
            if page.get_attribute("html", "lang") != language:
                page.locator("form[action='/language/'] button").click()
                page.wait_for_selector(f"html[lang={language}]")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert faults == []
