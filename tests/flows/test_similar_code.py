"""From the deadline to a decided case in a real browser: the clock's own run, the pair, the case, the mark, the appeal.

The project of the demo is opened for a day; two students hand in one program under two sets of names; the deadline passes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
HERE = "/competitions/dialects/"
MARK = "/courses/ml-demo/marks/mine/"
RUN_S = 240
ORIGINAL = """import csv
from collections import Counter, defaultdict

def pieces(text, width):
    padded = "_" + text.lower() + "_"
    return [padded[i:i + width] for i in range(len(padded) - width + 1)]

profiles = defaultdict(Counter)
for row in csv.DictReader(open("data/train.csv", encoding="utf-8")):
    for width in (2, 3):
        profiles[row["label"]].update(pieces(row["text"], width))

def closeness(text, label):
    total = sum(profiles[label].values())
    score = 0.0
    for width in (2, 3):
        for piece in pieces(text, width):
            score += profiles[label][piece] / total
    return score

with open("submission.csv", "w") as out:
    out.write("id,label\\n")
    for row in csv.DictReader(open("data/test.csv", encoding="utf-8")):
        best = max(sorted(profiles), key=lambda label: closeness(row["text"], label))
        out.write(f"{row['id']},{best}\\n")
"""
NAMES = {
    "pieces": "fragments", "padded": "framed", "profiles": "tables", "closeness": "agreement", "score": "points",
    "total": "mass", "best": "winner", "width": "size",
}  # fmt: skip
COPY = re.sub(r"\b(" + "|".join(NAMES) + r")\b", lambda found: NAMES[found[0]], ORIGINAL)


def _deadline(page: Page, at: datetime) -> None:
    page.goto(f"{HERE}edit/")
    page.fill("[name=deadline]", at.astimezone(ZoneInfo("Europe/Bucharest")).strftime("%Y-%m-%dT%H:%M"))
    page.locator("main form button").last.click()
    expect(page.get_by_role("status")).to_be_visible()


def _hand_in(page: Page, text: str) -> None:
    page.goto(f"{HERE}submit/")
    page.set_input_files("input[type=file]", {"name": "dialect.py", "mimeType": "text/plain", "buffer": text.encode()})
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/submissions/[0-9]+/"))


def _newest_run(page: Page) -> int:
    """The number of the newest finished run; 0 if there is none."""
    page.goto(f"{HERE}plagiarism/?at=0.5")
    title = page.locator("#run .title h2")
    return int(title.inner_text().partition("#")[2]) if title.count() else 0


def _wait_for_the_clocks_run(page: Page, *, after: int) -> None:
    deadline = time.monotonic() + RUN_S
    while time.monotonic() < deadline:
        if _newest_run(page) > after:
            expect(page.locator("#run .title")).to_contain_text("by itself after the deadline")
            return
        page.wait_for_timeout(2000)
    raise AssertionError("no run came by itself after the deadline")


def test_from_the_deadline_to_a_decided_case(visit: Callable[..., Page], screenshots: Path, tmp_path: Path) -> None:
    folder = screenshots / "similar-code"
    folder.mkdir(parents=True, exist_ok=True)
    step = iter(range(1, 99))

    def shot(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{next(step):02}-{name}.png", full_page=True)

    staff, student, classmate = visit("instructor"), visit("student"), visit("classmate")
    now = datetime.now(ZoneInfo("Europe/Bucharest"))
    _deadline(staff, now + timedelta(days=1))
    before = _newest_run(staff)
    _hand_in(student, ORIGINAL)
    _hand_in(classmate, COPY)
    _deadline(staff, datetime.now(ZoneInfo("Europe/Bucharest")) + timedelta(minutes=1))
    _wait_for_the_clocks_run(staff, after=before)
    shot(staff, "run")

    # the threshold by keyboard: the list follows
    n_pairs = staff.locator("#found tbody tr").count()
    staff.focus("#at")
    staff.keyboard.press("End")
    expect(staff.locator("#found tbody tr")).to_have_count(0)
    expect(staff).to_have_url(re.compile("at=1"))
    staff.keyboard.press("Home")
    expect(staff.locator("#found tbody tr").first).to_be_visible()
    assert staff.locator("#found tbody tr").count() >= n_pairs

    staff.locator("#found tbody a").first.click()
    expect(staff.locator("h1")).to_be_visible()
    address = staff.url
    names = [visited.locator("details.menu > summary span").inner_text() for visited in (student, classmate)]
    assert not any(name in staff.locator("main").inner_text() for name in names)
    staff.get_by_role("button", name="Next region").click()
    expect(staff.locator(".code .here")).to_have_count(2)
    shot(staff, "pair")
    with staff.expect_download() as download:
        staff.get_by_role("link", name="Export as a file").click()
    export = tmp_path / "pair.html"
    download.value.save_as(export)
    assert not any(name in export.read_text() for name in names)
    printed = staff.context.new_page()
    printed.goto(f"file://{export}")
    assert printed.pdf(path=folder / "pair.pdf").startswith(b"%PDF")
    printed.close()

    staff.get_by_role("button", name="Open a case").click()
    staff.wait_for_url(re.compile("/cases/[0-9]+/"))
    case = staff.url
    assert all(name in staff.locator("main").inner_text() for name in names)
    staff.fill("#note", "Both sit in the same lab.")
    staff.get_by_role("button", name="Add the note").click()
    shot(staff, "case-open")

    # the mark waits, and each student sees nothing but his own
    student.goto("/notifications/")
    assert student.locator(f"a[href='{case.removeprefix(student.url.split('/notifications')[0])}']").count()
    student.goto(MARK)
    expect(student.locator(".note.warn")).to_contain_text("withheld")
    shot(student, "mark-withheld")
    student.goto(case)
    own = student.locator("main").inner_text()
    assert "profiles" in own and "tables" not in own and names[1] not in own and "Both sit" not in own
    student.fill("#answer", "I wrote it at home and showed it to nobody.")
    student.get_by_role("button", name="Save the answer").click()
    shot(student, "case-of-the-student")

    staff.goto(case)
    expect(staff.locator("main")).to_contain_text("showed it to nobody")
    for name, outcome in zip(names, ("penalty", "dismissed"), strict=True):
        form = staff.locator("section.card", has_text=name)
        form.locator("select").select_option(outcome)
        form.locator("textarea").fill("See region 1.")
        form.get_by_role("button", name="Record the decision").click()
    shot(staff, "case-decided")

    student.goto(MARK)
    expect(student.locator(".trace")).to_contain_text("Copied code was confirmed, so the project counts as 0")
    shot(student, "mark-with-penalty")
    student.goto(case)
    student.fill("#appeal", "The lab's assistant saw me write it.")
    student.get_by_role("button", name="Appeal").click()
    student.goto(MARK)
    expect(student.locator(".note.warn")).to_contain_text("withheld")
    staff.goto(case)
    shot(staff, "case-appealed")
    form = staff.locator("section.card", has_text=names[0])
    form.locator("select").select_option("dismissed")
    form.locator("textarea").fill("The assistant confirms it.")
    form.get_by_role("button", name="Record the decision").click()
    shot(staff, "case-closed")
    student.goto(MARK)
    expect(student.locator(".trace")).not_to_contain_text("Copied code was confirmed")
    shot(student, "mark-after-the-appeal")

    # a later run knows who they are, and says since when
    staff.goto(f"{HERE}plagiarism/")
    staff.get_by_role("button", name="Compare the newest code").click()
    expect(staff.locator("#found tbody").first).to_contain_text(names[0], timeout=60_000)
    shot(staff, "later-run")
    staff.goto(address)
    expect(staff.locator("main")).to_contain_text("Names revealed by")
