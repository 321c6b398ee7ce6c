"""Every page at desktop and phone width, light and dark, in both languages: nothing cut off, nothing inaccessible.

Leaves a screenshot of each in build/screenshots/, to be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PAGES = {
    "student": {
        "home": "/",
        "task": "/competitions/digits/",
        "leaderboard": "/competitions/digits/leaderboard/",
        "submit": "/competitions/digits/submit/",
        "questions": "/competitions/digits/discussion/",
        "submissions": "/competitions/digits/submissions/",
        "team": "/competitions/tumours/team/",
        "mark": "/courses/ml-demo/marks/mine/",
        "present": "/courses/ml-demo/presentations/",
        "notifications": "/notifications/",
        "tokens": "/account/tokens/",
        "gallery": "/models/",
        "model": "/models/kernels-kernel-ridge/",
    },
    "instructor": {
        "home": "/",
        "bands": "/competitions/digits/bands/",
        "private-board": "/competitions/dialects/leaderboard/?board=private",
        "signs": "/competitions/digits/leaderboard/signs/",
        "teams": "/competitions/tumours/team/",
        "submissions": "/competitions/digits/submissions/",
        "marks": "/courses/ml-demo/marks/",
        "mark-table": "/courses/ml-demo/marks/table/",
        "mark-import": "/courses/ml-demo/marks/import/",
        "mark-scheme": "/courses/ml-demo/marks/scheme/",
        "mark-history": "/courses/ml-demo/marks/history/",
        "mark-requests": "/courses/ml-demo/marks/requests/",
        "mark-publish": "/courses/ml-demo/marks/publish/",
        "mark-print": "/courses/ml-demo/marks/print/",
        "labs": "/courses/ml-demo/labs/",
        "presentations": "/courses/ml-demo/presentations/",
        "course": "/courses/ml-demo/edit/",
        "roster": "/courses/ml-demo/roster/",
        "quizzes": "/courses/ml-demo/quizzes/",
        "quiz-review": "/courses/ml-demo/quizzes/review/",
        "lab-test": "/competitions/wine-lab-test/lab-test/",
        "similar-code": "/competitions/digits/plagiarism/",
        "known-code": "/competitions/digits/plagiarism/known/",
        "cases": "/competitions/digits/cases/",
        "regrades": "/competitions/digits/regrades/",
        "questions": "/competitions/digits/discussion/",
        "new-competition": "/courses/ml-demo/competitions/new/",
        "bundle": "/courses/ml-demo/competitions/bundle/",
        "edit-basics": "/competitions/digits/edit/",
        "edit-data": "/competitions/digits/edit/data/",
        "edit-metric": "/competitions/digits/edit/metric/",
        "edit-task": "/competitions/digits/edit/task/",
        "edit-baselines": "/competitions/digits/edit/baselines/",
        "edit-publish": "/competitions/digits/edit/publish/",
        "edit-extensions": "/competitions/digits/edit/extensions/",
        "duplicate": "/competitions/digits/duplicate/",
        "model": "/models/knn/",
    },
    "admin": {"desk": "/desk/", "audit": "/audit/", "new-course": "/courses/new/"},
    None: {"sign-in": "/account/sign-in/"},
}
# links that lead on to pages whose addresses hold numbers
DEEPER = {
    ("student", "submissions"): ("submission", "tbody a"),
    ("instructor", "marks"): ("student-mark", "tbody a"),
    ("instructor", "quizzes"): ("quiz", ".cards a"),
    ("instructor", "presentations"): ("jury", "tbody a"),
    ("instructor", "similar-code"): ("pair", "#run tbody a"),
    ("instructor", "regrades"): ("regrade", "aside .list a"),
}
# each width, theme and language on every push; the other pairs of them with `make test ARGS=--all`
VARIANTS = [
    (1280, "light", "en"),
    (390, "dark", "ro"),
    pytest.param(390, "light", "en", marks=pytest.mark.slow),
    pytest.param(1280, "dark", "ro", marks=pytest.mark.slow),
]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _check(page: Page, name: str, folder: object) -> list[str]:
    """Faults of the page as sentences."""
    page.evaluate("document.fonts.ready")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    faults = [f"{name}: {page.evaluate(OVERFLOW)} px are cut off"] if page.evaluate(OVERFLOW) > 0 else []
    for violation in Axe().run(page).response["violations"]:
        where = ", ".join(node["target"][0] for node in violation["nodes"][:3])
        faults.append(f"{name}: {violation['id']} ({violation['help']}) at {where}")
    return faults


@pytest.mark.parametrize(("width", "theme", "language"), VARIANTS)
@pytest.mark.parametrize("role", PAGES)
def test_every_page_fits_and_is_accessible(
    visit: Callable[..., Page], screenshots: object, role: str | None, width: int, theme: str, language: str
) -> None:
    page = visit(role, width=width, theme=theme, language=language)
    folder = screenshots / f"{language}-{theme}-{width}" / (role or "anybody")
    faults: list[str] = []
    for name, address in PAGES[role].items():
        page.goto(address)
        assert page.get_attribute("html", "lang") == language
        faults += _check(page, name, folder)
        deeper = DEEPER.get((role, name))
        if deeper and page.locator(deeper[1]).count():
            page.locator(deeper[1]).first.click()
            faults += _check(page, deeper[0], folder)
    assert faults == []


def test_the_keyboard_alone_signs_in_opens_the_menu_and_signs_out(visit: Callable[..., Page], site: object) -> None:
    page = visit(None)
    page.goto("/account/sign-in/")
    page.keyboard.type("student@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type(site.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("details.menu")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.locator("details.menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_language_and_theme_are_kept_from_page_to_page(visit: Callable[..., Page]) -> None:
    page = visit("student")
    page.goto("/competitions/digits/leaderboard/")
    page.get_by_role("button", name="Română").click()
    expect(page.locator("html")).to_have_attribute("lang", "ro")
    assert page.url.endswith("/competitions/digits/leaderboard/")
    page.locator("[data-toggle-theme]").click()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "ro")


def test_the_board_finds_a_participant_without_diacritics(visit: Callable[..., Page]) -> None:
    page = visit("instructor")
    page.goto("/competitions/digits/leaderboard/")
    page.fill("[data-filter]", "lacramioara-brandusa")
    expect(page.locator("#board tbody tr:visible")).to_have_count(1)
    expect(page.locator("#board tbody tr:visible")).to_contain_text(re.compile("Lăcrămioara-Brândușa"))


def test_the_page_of_the_api_needs_nothing_from_elsewhere(visit: Callable[..., Page]) -> None:
    page = visit("student")
    page.goto("/api/v1/docs")
    expect(page.get_by_text("Submit predictions or code")).to_be_visible()
