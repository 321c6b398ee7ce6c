"""What each kind of person does, in a real browser on the real stack."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
JUDGED_MS = 90_000
# k-NN in a few lines, as a student would write it
CODE = b"""
import csv
from sklearn.neighbors import KNeighborsClassifier
train = list(csv.reader(open("data/train.csv")))[1:]
test = list(csv.reader(open("data/test.csv")))[1:]
model = KNeighborsClassifier(3).fit([[float(v) for v in r[1:-1]] for r in train], [r[-1] for r in train])
print("fitted on", len(train))
with open("submission.csv", "w") as out:
    out.write("id,label\\n")
    for row, label in zip(test, model.predict([[float(v) for v in r[1:]] for r in test])):
        out.write(f"{row[0]},{label}\\n")
"""


def _upload(page: Page, name: str, data: bytes) -> None:
    page.goto("/competitions/digits/submit/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": data})
    page.click("main form button")


def test_a_student_downloads_uploads_watches_and_finds_the_rank(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("student")
    page.get_by_role("link", name="Handwritten digits").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="sample_submission.csv").click()
    download.value.save_as(tmp_path / "sample.csv")
    _upload(page, "sample.csv", (tmp_path / "sample.csv").read_bytes())
    page.wait_for_url(re.compile("/submissions/[0-9]+/"))
    # the page itself turns to the verdict: nobody reloads it
    expect(page.locator(".stages .badge.ok")).to_have_text("scored", timeout=JUDGED_MS)
    expect(page.locator(".tile", has_text="rank").locator("b")).to_have_text(re.compile("[0-9]+ / 24"))


def test_a_student_runs_code_and_reads_what_it_printed(visit: Callable[..., Page]) -> None:
    page = visit("student")
    _upload(page, "neighbours.py", CODE)
    expect(page.locator(".stages .badge.ok")).to_have_text("scored", timeout=JUDGED_MS)
    expect(page.locator("pre")).to_contain_text("fitted on")
    page.click("text=See the leaderboard")
    expect(page.locator("tr.me")).to_have_count(1)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("work.ipynb", b'{"cells": []}', r"\.py"),
        ("predictions.csv", b"id,label\n1,2\n", r"not in the test set.+Copy the ids"),
        ("picture.csv", b"\x89PNG\x00\x00", r"binary|text"),
        ("empty.py", b"", r"empty"),
    ],
)
def test_a_wrong_file_gets_a_sentence(visit: Callable[..., Page], name: str, data: bytes, sentence: str) -> None:
    page = visit("student")
    page.goto("/competitions/digits/submit/")
    refusals = page.expect_response(lambda answer: answer.request.method == "POST")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/plain", "buffer": data})
    with refusals as answer:
        page.click("main form button")
    assert answer.value.status in {302, 422}
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible(timeout=JUDGED_MS)
    assert re.search(sentence, alert.inner_text()), alert.inner_text()


def test_an_instructor_imports_a_quiz_and_settles_a_nickname(visit: Callable[..., Page], site: object) -> None:
    page = visit("instructor")
    page.click("text=Quiz bonuses")
    page.fill("[name=lecture]", "Lecture 1")
    page.set_input_files("input[type=file]", site.var / "demo" / "quiz-lecture-1.xlsx")
    page.click("text=Import >> nth=-1")
    expect(page.locator("h1")).to_have_text("Lecture 1")
    unsettled = page.locator("form.inline").count()
    page.locator("form.inline select").first.select_option(index=1)
    page.locator("form.inline button").first.click()
    expect(page.locator("form.inline")).to_have_count(unsettled - 1)


def test_an_instructor_finds_the_planted_copy_and_decides(visit: Callable[..., Page]) -> None:
    page = visit("instructor")
    page.goto("/competitions/digits/plagiarism/")
    page.click("main form button")
    page.locator("#run tbody a").first.click(timeout=JUDGED_MS)
    assert page.locator(".code .r1").count() > 4
    page.select_option("[name=decision]", "confirmed")
    page.fill("[name=note]", "Both were asked.")
    page.click("text=Record the decision")
    expect(page.get_by_role("status")).to_be_visible()


def test_an_admin_regrades_sees_the_difference_applies_and_rolls_back(visit: Callable[..., Page], site: object) -> None:
    """With corrected labels and other bands; the student hears of it, and the audit log has every step."""
    labels = min(site.var.glob("hidden/solutions/dialects-*.csv"), key=lambda path: path.stat().st_mtime)
    page, student = visit("admin"), visit("student", width=390)
    page.goto("/competitions/dialects/regrades/")
    page.fill("[name=reason]", "One label in ten was wrong")
    page.select_option("[name=how]", "scores")
    page.click("text=Propose a change of the competition")
    wrong = {"name": "labels.csv", "mimeType": "text/csv", "buffer": _corrected(labels.read_text())}
    page.set_input_files("[name=solution]", wrong)
    scheme = page.input_value("[name=scheme]")
    page.fill("[name=scheme]", scheme.replace("{ last = 30,", "{ last = 3,"))
    page.click("text=Start the regrade")
    page.wait_for_selector("text=Apply all of it", timeout=JUDGED_MS)
    expect(page.locator("pre.diff .up")).to_contain_text("last = 3,")
    expect(page.locator("figure svg")).to_have_count(2)
    assert page.locator("td b", has_text="1–3").count() == 3
    page.click("text=Apply all of it")
    expect(page.locator("h3", has_text="What changed")).to_be_visible()
    student.goto("/notifications/")
    expect(student.locator("main")).to_contain_text("One label in ten was wrong")
    page.click("text=Roll it back")
    expect(page.locator("text=Roll it back")).to_have_count(0)
    student.reload()
    expect(student.locator("main")).to_contain_text("was taken back")
    page.goto("/audit/?text=regrading.regrade")
    for action in ("regrade.started", "regrade.applied", "regrade.rolled_back"):
        assert page.locator("td code", has_text=action).count() >= 1
    with page.expect_download() as export:
        page.get_by_role("link", name="Export").click()
    lines = Path(export.value.path()).read_text().splitlines()
    assert len(lines) >= 3
    assert all("regrading.regrade:" in line for line in lines)
    page.click("text=Check the chain")
    expect(page.get_by_role("status")).to_contain_text("nothing was changed")


def _corrected(text: str) -> bytes:
    """The labels with every tenth taken from another class."""
    head, *lines = text.splitlines()
    rows = [line.split(",") for line in lines]
    classes = sorted({row[1] for row in rows})
    for row in rows[::10]:
        row[1] = classes[(classes.index(row[1]) + 1) % len(classes)]
    return "\n".join([head, *map(",".join, rows), ""]).encode()


def test_an_admin_drains_a_worker_while_a_regrade_is_paused_and_goes_on(visit: Callable[..., Page]) -> None:
    """What a draining worker runs is finished and what waits goes on waiting, until it may work again."""
    page, desk = visit("admin"), visit("admin")
    desk.goto("/desk/")
    worker = desk.locator("#desk li", has_text="cpu ·")
    worker.get_by_role("button", name="Drain").click()
    expect(worker.locator(".badge")).to_have_text("draining")
    page.goto("/competitions/digits/regrades/")
    page.fill("[name=reason]", "The same again?")
    page.select_option("[name=type]", "code")
    page.check("[name=only_standing]")
    page.click("text=Start the regrade")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#regrade label").first).to_contain_text(re.compile(r"paused · 0 / [0-9]+"))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#regrade label").first).to_contain_text(re.compile(r"running · 0 / [0-9]+"))
    desk.reload()
    expect(desk.locator("#desk tr", has_text="cpu").locator(".badge")).to_have_text("no worker")
    worker.get_by_role("button", name="Let it work").click()
    expect(worker.locator(".badge")).to_have_text("at work")
    page.wait_for_selector("text=Apply all of it", timeout=2 * JUDGED_MS)
    page.get_by_role("button", name="Cancel it").click()
    expect(page.locator("main")).to_contain_text("cancelled")


# runs until somebody ends it
SLEEPER = b"import time\nprint('asleep', flush=True)\ntime.sleep(60)\n"


def _hand_in(page: Page, name: str, data: bytes) -> str:
    """The number of the submission, as a page shows it."""
    _upload(page, name, data)
    page.wait_for_url(re.compile("/submissions/[0-9]+/"))
    return "#" + page.url.rstrip("/").split("/")[-1]


def _turns(page: Page, found: Locator, text: str) -> None:
    """Look at the page again until the text is there; it renews itself, but only now and then."""
    deadline = time.monotonic() + JUDGED_MS / 1000
    while not (found.count() and text in found.first.inner_text()):
        assert time.monotonic() < deadline, f"{text!r} did not appear"
        page.wait_for_timeout(300)
        page.reload()


def test_an_admin_has_what_was_set_aside_judged_again(visit: Callable[..., Page], site: object) -> None:
    """Its file is away for a while: each try ends with a fault of ours, and the student loses nothing."""
    desk, student = visit("admin"), visit("classmate")
    desk.goto("/desk/")
    worker = desk.locator("#desk li", has_text="scoring ·")
    worker.get_by_role("button", name="Drain").click()
    expect(worker.locator(".badge")).to_have_text("draining")
    sample = student.request.get("/competitions/digits/files/sample_submission.csv").body()
    number = _hand_in(student, "mine.csv", sample)
    file = max((site.var / "files" / "submissions").rglob("*-*"), key=lambda path: path.stat().st_mtime)
    away = file.rename(file.with_name("away"))
    worker.get_by_role("button", name="Let it work").click()
    row = desk.locator("#desk li", has=desk.get_by_role("link", name=number, exact=True))
    for faults in ("1 fault", "2 faults"):
        _turns(desk, row, faults)
        row.get_by_role("button", name="Hold back").click()
        expect(row.locator(".badge")).to_have_text("held back")
        row.get_by_role("button", name="Let it go").click()
    _turns(desk, row, "Judge it again")
    expect(desk.locator("main")).to_contain_text("Mend what the message names")
    student.reload()
    expect(student.locator(".stages .badge")).to_have_text("fault of ours")
    away.rename(file)
    row.get_by_role("button", name="Judge it again").click()
    _turns(student, student.locator(".stages .badge.ok"), "scored")


def test_an_admin_takes_a_running_program_back_and_its_author_cancels_it(visit: Callable[..., Page]) -> None:
    desk, student = visit("admin"), visit("classmate")
    number = _hand_in(student, "sleeper.py", SLEEPER)
    _turns(student, student.locator("pre"), "asleep")
    desk.goto("/desk/")
    row = desk.locator("#desk li", has=desk.get_by_role("link", name=number, exact=True))
    row.get_by_role("button", name="Take back").click()
    expect(desk.get_by_role("status")).to_contain_text("Done")
    student.get_by_role("button", name="Cancel").click()
    expect(student.get_by_role("status")).to_contain_text("It does not count against your limit")
