"""What each kind of person does, in a real browser on the real stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

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


def test_an_admin_regrades_sees_the_difference_applies_and_rolls_back(visit: Callable[..., Page]) -> None:
    page = visit("admin")
    page.goto("/competitions/tumours/regrades/")
    page.fill("[name=reason]", "A check of the scores")
    page.click("text=Start the regrade")
    page.click("text=Apply all of it", timeout=JUDGED_MS)
    page.click("text=Roll it back")
    expect(page.locator("text=Roll it back")).to_have_count(0)
