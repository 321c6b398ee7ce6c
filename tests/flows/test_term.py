"""A term in the browser, from an empty site to exported final marks and a student who explains his own: no spreadsheet.

Leaves screenshots in build/screenshots/term/, to be looked at.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
SLUG = "invatare-automata-202728"
COURSE = f"/courses/{SLUG}"
JUDGED_MS = 60_000
PASSWORD = "o parola destul de lunga"
# invented: nobody is called so
FIRST = [
    "Ștefan Țuțea",
    "Brândușa",
    "Mușețel",
    "Crăița",
    "Ghiocel",
    "Lăcrămioara",
    "Busuioc",
    "Zambila",
    "Cimbrișor",
    "Păpădia",
]
LAST = ["Norișor", "Fluturaș", "Vâltoare", "Brumărel"]
# a threshold on one of three numbers, wrong for a fifth of the rows
BASELINE = b"""import csv
with open("data/test.csv") as rows, open("submission.csv", "w") as out:
    out.write("id,label\\n")
    for row in csv.DictReader(rows):
        out.write(row["id"] + "," + ("cald" if float(row["y"]) > 0.3 else "rece") + "\\n")
"""


@dataclass(frozen=True)
class Student:
    number: str
    name: str
    group: str
    email: str


STUDENTS = [
    Student(f"0170{n:02}", f"{LAST[n % 4]} {FIRST[n // 4]}", str(141 + n % 4), f"s{n:02}@elev.example")
    for n in range(40)
]


def roster(*, complete: bool) -> bytes:
    lines = ["Nr. matricol;Nume și prenume;Grupa;E-mail"]
    for one in STUDENTS:
        email = one.email if complete or one.number != "017007" else ""
        lines.append(f"{one.number};{one.name};{one.group};{email}")
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def labelled_table() -> bytes:
    """400 rows of three numbers; the first decides about the label but for some noise."""
    rng = random.Random(7)
    lines = ["x,y,z,label"]
    for _ in range(400):
        x = rng.gauss(0, 1)
        y, z = 0.8 * x + rng.gauss(0, 0.8), rng.gauss(0, 1)
        lines.append(f"{x:.3f},{y:.3f},{z:.3f},{'cald' if x > 0 else 'rece'}")
    return "\n".join(lines).encode()


def quiz_report() -> bytes:
    """Raw data only: two questions, one nickname of two students, one of nobody."""
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "RawReportData Data"
    book.active.append(["Question Number", "Player", "Score (points)", "Correct", "Incorrect"])
    players = [
        ("141norisor", 900),
        ("Brândușa F", 870),
        ("Musetel Valtoare", 800),
        ("MightyLlama", 700),
        ("fluturas142", 650),
    ]
    for question in ("1 Quiz", "2 Quiz"):
        for nickname, points in players:
            book.active.append([question, nickname, points, 1, 0])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@dataclass
class Walk:
    """One browser, a window for each person, and a folder for screenshots."""

    address: str
    var: Path
    browser: Browser
    folder: Path
    faults: list[str] = field(default_factory=list)
    n: int = 0

    def window(self, *, width: int = 1280, language: str = "en") -> Page:
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": width, "height": 860}, locale=language, color_scheme="light"
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "response",
            lambda answer: (
                self.faults.append(f"{answer.status} {answer.url}")
                # a refused form, and a tap above what counts
                if answer.status >= 400 and answer.status not in {409, 422}
                else None
            ),
        )
        return page

    def sign_in(self, email: str, password: str, **more: object) -> Page:
        page = self.window(**more)
        page.goto("/account/sign-in/")
        page.fill("[name=username]", email)
        page.fill("[name=password]", password)
        page.click("main button")
        page.wait_for_selector("details.menu")
        return page

    def invited(self, email: str, **more: object) -> Page:
        """Follow the link of the newest invitation, which without a mail server stands in the web server's log."""
        page = self.window(**more)
        log = (self.var / "logs" / "web.log").read_text()
        mail = log[log.rindex(f"To: {email}") :]
        page.goto(re.search(r"http://\S+/account/password/\S+", mail)[0])
        page.fill("[name=new_password1]", PASSWORD)
        page.fill("[name=new_password2]", PASSWORD)
        page.click("main button")
        page.wait_for_selector("text=/Your password is set|Parola este setată|Parola/")
        page.goto("/account/sign-in/")
        page.fill("[name=username]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_selector("details.menu")
        return page

    def shot(self, page: Page, name: str) -> None:
        self.n += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.folder / f"{self.n:02}-{name}.png", full_page=True)

    def manage(self, code: str) -> str:
        """What no page does: act for thirty-nine people at once."""
        env = {**os.environ, "ARENA_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "arena.settings.embedded"}
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def walk(empty_site: object, browser: Browser, screenshots: Path) -> Iterator[Walk]:
    found = Walk(address=empty_site.address, var=empty_site.var, browser=browser, folder=screenshots / "term")
    yield found
    for context in browser.contexts:
        context.close()
    assert found.faults == []


def upload(page: Page, selector: str, name: str, data: bytes) -> None:
    page.set_input_files(selector, {"name": name, "mimeType": "application/octet-stream", "buffer": data})


def begin(walk: Walk, password: str) -> Page:
    """The admin makes the course and invites its instructor, who goes on."""
    admin = walk.sign_in("admin@demo.example", password)
    walk.shot(admin, "admin-home-empty")
    admin.click("text=New course")
    admin.fill("[name=title]", "Învățare automată")
    admin.fill("[name=term]", "2027/28")
    admin.select_option("main [name=language]", "ro")
    admin.fill("[name=first_on]", "2028-01-28")
    admin.fill("[name=again_on]", "2028-02-17")
    walk.shot(admin, "new-course")
    admin.click("text=Make the course")
    expect(admin.locator("h1")).to_have_text("Învățare automată")
    admin.fill("[name=email]", "prof@curs.example")
    admin.fill("[name=name]", "Prof. Salvia Exemplu")
    admin.select_option("aside [name=role]", "instructor")
    admin.click("aside >> text=/^Add$/")
    expect(admin.locator(".note")).to_contain_text("teaches this course now")
    walk.shot(admin, "course-with-staff")
    page = walk.invited("prof@curs.example")
    # the course speaks Romanian, this person prefers English
    page.click("form[action='/language/'] button")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    return page


def enrol(walk: Walk, page: Page) -> None:
    page.goto(f"{COURSE}/roster/")
    upload(page, "[name=roster]", "lista.csv", roster(complete=False))
    page.click("text=Look at it")
    expect(page.get_by_role("alert")).to_contain_text("Line 9:")
    walk.shot(page, "roster-without-an-address")
    page.goto(f"{COURSE}/roster/")
    upload(page, "[name=roster]", "lista.csv", roster(complete=True))
    page.click("text=Look at it")
    walk.shot(page, "roster-dry-run")
    page.click("text=Apply all of it")
    page.goto(f"{COURSE}/roster/")
    expect(page.locator("table tbody tr")).to_have_count(40)
    page.click("text=Send invitations")
    expect(page.locator(".note").first).to_contain_text("40 invitations are sent")
    walk.shot(page, "roster")


def make_competition(walk: Walk, page: Page) -> str:
    page.goto(f"{COURSE}/competitions/new/")
    page.fill("[name=title]", "Warm or cold")
    page.check("[name=is_project]")
    page.click("text=Save and go on")
    upload(page, "[name=labelled]", "temperatures.csv", labelled_table())
    page.click("text=Cut, check and save")
    expect(page.locator(".checks")).to_contain_text("private rows")
    page.click("text=Go on")
    page.fill("[name=description]", "Is it **warm** or **cold**? Three numbers tell.")
    page.click("text=Save and go on")
    upload(page, "[name=files]", "threshold.py", BASELINE)
    page.locator("main button:has-text('Run')").click()
    expect(page.locator(".badge.ok")).to_have_count(1, timeout=JUDGED_MS)
    walk.shot(page, "baseline-judged")
    page.click("text=Go on")
    walk.shot(page, "competition-checked")
    page.locator("main button:has-text('Publish')").click()
    page.wait_for_url(re.compile("/competitions/[a-z-]+/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def predictions(n: int, test: str) -> bytes:
    """Student n turns n of every hundred labels round."""
    rng = random.Random(n)
    lines = ["id,label"]
    for row in test.splitlines()[1:]:
        number, x = row.split(",")[:2]
        is_warm = (float(x) > 0) ^ (rng.random() < n / 100)
        lines.append(f"{number},{'cald' if is_warm else 'rece'}")
    return "\n".join(lines).encode()


def hand_in(walk: Walk, slug: str) -> Page:
    """The first student in the browser, the others through the API as the client `arena` does."""
    page = walk.invited(STUDENTS[0].email, language="ro", width=390)
    expect(page.locator("html")).to_have_attribute("lang", "ro")
    walk.shot(page, "phone-student-home-ro")
    page.goto(f"/competitions/{slug}/")
    walk.shot(page, "phone-competition-ro")
    with page.expect_download() as download:
        page.get_by_role("link", name="test.csv").click()
    test = Path(download.value.path()).read_text()
    page.goto(f"/competitions/{slug}/submit/")
    upload(page, "input[type=file]", "submission.csv", predictions(0, test))
    page.click("main form button")
    expect(page.locator(".stages .badge.ok")).to_be_visible(timeout=JUDGED_MS)
    walk.shot(page, "phone-submission-ro")
    made = walk.manage(
        "import json; from django.utils import timezone; from arena.accounts.tokens import issue; "
        "from arena.accounts.models import User; "
        "print(json.dumps({u.email: issue(u, name='t', at=timezone.now())[1] for u in User.objects.filter(email__startswith='s')}))"
    )
    tokens = json.loads(made.splitlines()[-1])
    # two hand nothing in
    with ThreadPoolExecutor(2) as pool:
        assert set(
            pool.map(lambda n: post(walk, slug, tokens[STUDENTS[n].email], predictions(n, test)), range(1, 38))
        ) == {201}
    return page


def post(walk: Walk, slug: str, token: str, data: bytes) -> int:
    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="p.csv"\r\n\r\n' + data + b"\r\n--b--\r\n"
    request = urllib.request.Request(
        f"{walk.address}/api/v1/competitions/{slug}/submissions",
        body,
        {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=b"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status


def record_labs(walk: Walk, page: Page) -> Page:
    """The lab is made at the desk, and its answers tapped on the phone."""
    page.goto(f"{COURSE}/labs/")
    page.fill("[name=title]", "Lab 1: k-NN")
    page.locator("main form button").click()
    address = page.url
    phone = walk.sign_in("prof@curs.example", PASSWORD, width=390)
    phone.goto(address)
    for name, times in ((STUDENTS[0].name, 3), (STUDENTS[5].name, 1)):
        for _ in range(times):
            with phone.expect_response(re.compile("/answers/")):
                phone.locator(".taps button", has_text=name).click()
    expect(phone.locator("#taps-status")).to_contain_text(STUDENTS[5].name)
    walk.shot(phone, "phone-lab-taps")
    return phone


def import_quiz(walk: Walk, page: Page) -> None:
    page.goto(f"{COURSE}/quizzes/")
    page.fill("[name=lecture]", "Lecture 1")
    upload(page, "[name=report]", "report.xlsx", quiz_report())
    page.click("text=Look at it first")
    expect(page.locator("h1")).to_have_text("Lecture 1")
    walk.shot(page, "quiz-preview")
    open_ = page.locator("form.inline", has_text="141norisor")
    open_.locator("select").select_option(label=f"{STUDENTS[0].name} ({STUDENTS[0].group})")
    open_.locator("button").click()
    stranger = page.locator("form.inline", has_text="MightyLlama")
    stranger.locator("select").select_option("nobody")
    stranger.locator("button").click()
    page.click("text=Apply the report")
    walk.shot(page, "quiz-applied")


def present(walk: Walk, page: Page, student: Page, jury: Page) -> None:
    page.goto(f"{COURSE}/presentations/")
    page.fill("[name=starts_at]", (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT10:00"))
    page.fill("[name=count]", "4")
    page.fill("[name=room]", "Sala 214")
    page.locator("aside button").click()
    student.goto(f"{COURSE}/presentations/")
    walk.shot(student, "phone-book-ro")
    student.locator(".slots button").first.click()
    expect(student.locator(".slots .badge.ok")).to_have_count(1)
    walk.shot(student, "phone-booked-ro")
    page.reload()
    walk.shot(page, "presentations")
    jury.goto(f"{COURSE}/presentations/")
    jury.locator(".slots a").first.click()
    jury.locator("label", has_text="presented").click()
    jury.locator("fieldset", has_text="documentation").locator("label", has_text="0.5").click()
    jury.fill("[name=note]", "The plots lack labels.")
    walk.shot(jury, "phone-jury")
    jury.locator("button.wide-btn").click()
    expect(jury.locator(".note").first).to_be_visible()
    jury.context.close()


def enter_marks(walk: Walk, page: Page) -> None:
    """A column is pasted, a cell typed; a wrong one saves nothing."""
    page.goto(f"{COURSE}/marks/table/")
    first = page.locator("tbody tr").first.locator("input")
    columns = [text.strip() for text in page.locator("thead th").all_inner_texts()][1:]
    exam, test, other, deduction = (columns.index(name) for name in columns[:4])
    names = page.locator("tbody th").all_inner_texts()
    lines = []
    for at, name in enumerate(names):
        mark = 9.5 - at * 0.15
        # the jury has judged the first student; one was absent from the exam, and two present nothing
        own = "" if STUDENTS[0].name in name else "0"
        cells = ["" if at == 20 else f"{mark:.2f}".replace(".", ","), "8,5", "7", own]
        lines.append("\t".join(cells[:3] if STUDENTS[0].name in name else cells))
    page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join(lines))
    first.nth(exam).click()
    page.keyboard.press("Control+V")
    first.nth(exam).fill("9,5x")
    walk.shot(page, "grid-pasted")
    page.locator(".sticky button").click()
    expect(page.get_by_role("alert")).to_contain_text("9,5x")
    walk.shot(page, "grid-refused")
    page.locator("tbody tr").first.locator("input").nth(exam).fill("11")
    page.locator(".sticky button").click()
    expect(page.get_by_role("alert")).to_contain_text("11")
    page.locator("tbody tr").first.locator("input").nth(exam).fill("9,5")
    page.locator(".sticky button").click()
    expect(page.locator(".note").first).to_contain_text("Marks saved")
    assert (test, other, deduction) == (1, 2, 3)
    walk.shot(page, "grid-saved")


def decide_scheme(walk: Walk, page: Page) -> None:
    page.goto(f"{COURSE}/marks/scheme/")
    with page.expect_response(re.compile("/marks/scheme/")):
        page.locator("[name=band_policy]").select_option("scaled")
    walk.shot(page, "what-if")
    page.fill("#reason", "Forty students instead of 158.")
    page.click("text=Save as a new version")
    expect(page.locator(".note").first).to_contain_text("saved as a new version")


def publish(walk: Walk, page: Page, name: str, *, reason: str = "", kind: str = "first") -> None:
    page.goto(f"{COURSE}/marks/publish/?examination={kind}")
    walk.shot(page, f"{name}-before")
    if page.locator("[name=reason]:visible").count():
        page.fill("[name=reason]", reason)
    if page.locator("[name=despite]").count():
        page.check("[name=despite]")
    page.click("text=Publish the marks")
    expect(page.locator(".note").first).to_contain_text("The marks are published")
    walk.shot(page, name)


def export_all(walk: Walk, page: Page) -> dict[str, bytes]:
    found = {}
    for kind in ("xlsx", "csv", "moodle", "canvas"):
        page.goto(f"{COURSE}/marks/")
        page.click("summary:has-text('Export')")
        with page.expect_download() as download:
            page.locator(f"a[href*='/export/{kind}/']").click()
        found[kind] = Path(download.value.path()).read_bytes()
    walk.shot(page, "marks")
    page.goto(f"{COURSE}/marks/print/")
    walk.shot(page, "print")
    page.pdf(path=walk.folder / "list.pdf", prefer_css_page_size=True)
    found["pdf"] = (walk.folder / "list.pdf").read_bytes()
    return found


def ask_and_answer(walk: Walk, page: Page, student: Page) -> None:
    """The student points at a line; the deduction is taken back, the answer sent, and the marks published again."""
    student.select_option("[name=line]", index=2)
    student.fill("[name=message]", "Graficele au etichete, în anexă.")
    student.locator("aside button").click()
    expect(student.locator("article blockquote").first).to_have_text(
        "Pentru prezentare și documentație se scad 0,5 puncte: 10 devine 9,5."
    )
    walk.shot(student, "phone-asked-ro")
    page.goto(f"{COURSE}/marks/requests/")
    walk.shot(page, "request")
    page.locator("article a").first.click()
    page.fill("[name=deduction]", "0")
    page.fill("[name=reason]", "The labels are in the annex.")
    page.locator("aside button").click()
    expect(page.locator(".note").first).to_contain_text("The marks are saved")
    walk.shot(page, "student-changed")
    page.goto(f"{COURSE}/marks/requests/")
    page.locator("textarea").fill("You are right: they are in the annex.")
    page.locator("button[value=changed]").click()
    expect(page.locator("article .badge.ok")).to_have_count(1)
    publish(walk, page, "published-again", reason="A request was granted.")
    student.goto("/notifications/")
    walk.shot(student, "phone-told-ro")
    student.goto(f"{COURSE}/marks/mine/")
    expect(student.locator("article .note")).to_contain_text("in the annex")
    walk.shot(student, "phone-answered-ro")


def examine_again(walk: Walk, page: Page, slug: str) -> None:
    """Nothing is carried over: whoever has to come brings every mark again."""
    page.goto(f"{COURSE}/marks/scheme/?examination=re-examination")
    page.locator("select[name=project]").select_option(slug)
    page.locator("form:has(select[name=project]) button").click()
    page.goto(f"{COURSE}/marks/table/?examination=re-examination")
    first = page.locator("tbody tr").first
    name = first.locator("th").inner_text()
    for at, mark in enumerate(("7", "8,5", "7", "0")):
        first.locator("input").nth(at).fill(mark)
    page.locator(".sticky button").click()
    expect(page.locator(".note").first).to_contain_text("Marks saved")
    walk.shot(page, "re-examination-grid")
    publish(walk, page, "re-examination-published", kind="re-examination")
    page.goto(f"{COURSE}/marks/?examination=re-examination")
    # ten had to come again
    expect(page.locator("tbody tr")).to_have_count(10)
    expect(
        page.locator("tbody tr", has_text=name.split("  ")[0].rsplit(" ", 1)[0]).locator("td").last
    ).not_to_have_text("absent")
    walk.shot(page, "re-examination-marks")


# rank 1 of 38 in bands scaled from 158 (10 up to 7.2 -> 7), 0.5 deducted; 0.6 x 9.5 + 0.4 x 8.5 = 9.1; (9.1 + 7) / 2 = 8.05;
# three first answers in a lab, two of which count: 8.45; the exam 5.15 and a first place: 5.45; (5.45 + 8.45) / 2 = 6.95
TRACE = [
    "Locul 1 în clasamentul privat se află între 1 și 7, ceea ce dă nota 10.",
    "Pentru prezentare și documentație se scad 0,5 puncte: 10 devine 9,5.",
    "deci proiectul păstrează nota 9,5.",
    "Nota de laborator la această materie este 0,6 × 9,5 (proiect) + 0,4 × 8,5 (test) = 9,1.",
    "Nota de laborator este media dintre 9,1 (această materie) și 7 (cealaltă): 8,05.",
    "Primele răspunsuri corecte la laborator (2, cel mult 2 pe laborator) adaugă 0,4 la nota de laborator: 8,05 devine 8,45.",
    "Locurile obținute la quizurile de la curs (1) adaugă 0,3 la nota de examen: 5,15 devine 5,45.",
    "Nota finală este 0,5 × 5,45 (examen) + 0,5 × 8,45 (laborator) = 6,95, rotunjită la 7.",
]


def test_a_term_from_an_empty_site_to_marks_that_are_explained(walk: Walk, empty_site: object) -> None:
    page = begin(walk, empty_site.password)
    enrol(walk, page)
    slug = make_competition(walk, page)
    student = hand_in(walk, slug)
    phone = record_labs(walk, page)
    import_quiz(walk, page)
    present(walk, page, student, phone)
    enter_marks(walk, page)
    decide_scheme(walk, page)
    page.goto(f"{COURSE}/edit/")
    walk.shot(page, "course-steps")
    publish(walk, page, "published")
    files = export_all(walk, page)
    line = f"{STUDENTS[0].email},{STUDENTS[0].number},7"
    assert line in files["moodle"].decode().splitlines()
    assert files["pdf"].startswith(b"%PDF")
    student.goto(f"{COURSE}/marks/mine/")
    walk.shot(student, "phone-mark-ro")
    expect(student.locator(".trace li")).to_contain_text(TRACE)
    ask_and_answer(walk, page, student)
    examine_again(walk, page, slug)
