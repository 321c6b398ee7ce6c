"""A Romanian reader gets Romanian: pages, numbers, dates, refusals, verdicts, the mark's explanation, notifications."""

import ast
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format, localize

from arena.accounts.tokens import issue
from arena.gradebook.services import enter_mark
from arena.notifications.services import notify
from arena.submissions import refusals, refused_files
from arena.submissions.intake import Refused
from arena.submissions.models import Attempt
from arena.submissions.refusals import explain, explain_attempt
from grader.predictions import wording

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _english_again():
    """A request leaves its language behind in the thread, and the next test would speak it."""
    yield
    translation.deactivate()


@pytest.fixture
def ro(cast):
    """The student's browser, after a switch to Romanian."""
    client = Client()
    client.force_login(cast.student)
    client.post("/language/", {"language": "ro", "next": "/"})
    return client


def text(response):
    return response.content.decode()


def test_the_board_is_in_romanian_with_decimal_commas(cast, hand_in, ro, files):
    hand_in(cast.student, {"p.csv": files.half})
    page = text(ro.get("/competitions/letters/leaderboard/"))
    assert '<html lang="ro">' in page
    assert "<th>Participant</th>" in page
    assert ">locul meu<" in page
    assert "0,50<" in page
    assert "0.50<" not in page


def test_a_mark_is_explained_in_romanian(cast, hand_in, ro, files):
    hand_in(cast.student, {"p.csv": files.perfect})
    cast.competition.is_private_board_shown, cast.competition.deadline = True, timezone.now()
    cast.competition.save()
    for component, value in {"exam": Decimal("8.5"), "deduction": Decimal(0)}.items():
        enter_mark(cast.student_enrolment, component=component, value=value, actor=cast.instructor)
    page = text(ro.get("/courses/ml/marks/mine/"))
    assert "De ce această notă" in page
    assert "Locul 1 în clasamentul privat" in page
    assert "8,5" in page


def test_a_refusal_is_in_romanian(cast, ro):
    bad = SimpleUploadedFile("p.csv", b"id,label\n01,a\n01,b\n02,a\n03,a\n04,b\n05,a\n06,a\n")
    page = text(ro.post("/competitions/letters/submit/", {"files": bad}))
    assert "1 id apare de mai multe ori: „01” (liniile 2, 3). Păstrați un singur rând pentru el." in page


def test_a_notification_is_in_romanian(cast, ro):
    notify(cast.student, "regraded", params={"competition": "Letters", "reason": "cheie greșită"}, url="/")
    page = text(ro.get("/notifications/"))
    assert "Rezultatul obținut la Letters s-a schimbat în urma unei reevaluări: cheie greșită" in page


def test_the_api_refuses_in_the_language_that_is_asked_for(cast, client):
    _, plain = issue(cast.student, name="test", at=timezone.now())
    upload = {"files": SimpleUploadedFile("p.csv", b"")}
    headers = {"authorization": f"Bearer {plain}", "accept-language": "ro"}
    answer = client.post("/api/v1/competitions/letters/submissions", upload, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] == "empty_file"
    assert answer.json()["message"].startswith("Fișierul nu are rânduri.")


def test_the_switch_keeps_the_page_and_the_account_remembers_it(cast, client):
    client.force_login(cast.student)
    answer = client.post("/language/", {"language": "ro", "next": "/competitions/letters/?x=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/competitions/letters/?x=1")
    other_device = Client()
    other_device.force_login(cast.student)
    answer = other_device.get("/competitions/letters/", headers={"accept-language": "en"})
    assert answer["Content-Language"] == "ro"
    assert "Cerință" in text(answer)


def test_the_switch_leads_to_no_other_site_and_to_no_unknown_language(cast, client):
    client.force_login(cast.student)
    answer = client.post("/language/", {"language": "tlh", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    cast.student.refresh_from_db()
    assert cast.student.language == ""


def test_a_visitor_reads_what_the_browser_asks_for(db, client):
    assert "Autentificare" in text(client.get("/account/sign-in/", headers={"accept-language": "ro-RO,ro;q=0.9"}))
    assert "Sign in" in text(client.get("/account/sign-in/", headers={"accept-language": "fr"}))


def test_error_pages_are_in_the_reader_s_language(ro, settings):
    page = text(ro.get("/no-such-page/"))
    assert '<html lang="ro">' in page
    assert "Această pagină nu există" in page
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/account/sign-in/", {}, headers={"accept-language": "ro"})
    assert refused.status_code == 403
    assert "Formularul nu mai este valabil" in text(refused)


def test_a_fault_of_ours_is_told_in_the_reader_s_language(ro, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("arena.notifications.views.render", broken)
    ro.raise_request_exception = False
    answer = ro.get("/notifications/")
    assert answer.status_code == 500
    assert "Nimic din ce ați predat nu s-a pierdut" in text(answer)


def test_dates_and_numbers_are_written_as_romanians_do():
    moment = datetime(2027, 5, 9, 8, 5, tzinfo=ZoneInfo("Europe/Bucharest"))
    with translation.override("ro"):
        assert date_format(moment, "DATETIME_FORMAT") == "9 mai 2027, 08:05"
        assert date_format(moment.replace(month=11), "DATE_FORMAT") == "9 nov. 2027"
        assert date_format(moment, "F") == "mai"
        assert localize(Decimal("8.50")) == "8,50"
        assert localize(0.125) == "0,125"


@pytest.mark.parametrize("n", [1, 3, 20])
def test_the_number_of_submissions_left_has_its_plural(cast, ro, n):
    cast.competition.daily_limit = n
    cast.competition.save()
    wanted = {1: "1 trimitere rămasă astăzi", 3: "3 trimiteri rămase astăzi", 20: "20 de trimiteri rămase astăzi"}
    assert wanted[n] in text(ro.get("/competitions/letters/submit/"))


def test_a_deadline_is_refused_with_its_date():
    when = datetime(2027, 5, 9, 20, 59, tzinfo=ZoneInfo("UTC"))
    with translation.override("ro"):
        assert explain(Refused("closed", "…", {"when": when})) == (
            "Termenul-limită a fost 9 mai 2027, 23:59. Nu se mai acceptă nimic."
        )


def test_a_verdict_is_explained_with_the_limits_of_the_run():
    attempt = Attempt(verdict="memory_limit", message="in English", params={"memory_mb": 512})
    with translation.override("ro"):
        assert explain_attempt(attempt) == ("Programul a avut nevoie de mai mult decât cei 512 MB de memorie alocați.")
        assert explain_attempt(Attempt(verdict="memory_limit", message="in English")) == "in English"


def test_every_refusal_of_an_upload_has_a_translated_sentence():
    """The codes that the grader and intake give away, read from their source."""
    codes = {*wording.COUNTED, *wording.PLAIN}
    for path in (*(ROOT / "grader" / "code").glob("*.py"), ROOT / "platform/arena/submissions/intake.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                is_refusal = node.func.id in {"RefusedCode", "Refused"}
                if is_refusal and node.args and isinstance(node.args[0], ast.Constant):
                    codes.add(node.args[0].value)
    assert len(codes) > 25
    codes |= {"notebook_magic", "notebook_display", "notebook_colab"}
    assert codes - set(refusals.TEXTS) == set()
    assert set(refused_files.HINTS) == set(wording.HINTS)
    with translation.override("ro"):
        texts = [text for text in refusals.TEXTS.values() if isinstance(text, str)]
        assert [text for text in [*texts, *refused_files.HINTS.values()] if translation.gettext(text) == text] == []


@pytest.mark.parametrize("count", [1, 4, 20])
@pytest.mark.parametrize("code", sorted(wording.COUNTED))
def test_a_refused_file_is_explained_alike_by_the_grader_and_the_site_in_every_number(code, count):
    params = {
        "count": count,
        "total": 30,
        "examples": ["a", "b"],
        "lines": [2, 5],
        "column": "label",
        "classes": "1, 2",
        "columns": 2,
        "limit": 9,
        "minimum": "0",
        "hint": "lost_zeros",
    }
    message = wording.sentence(code, params)
    with translation.override("en"):
        assert explain(Refused(code, "", params)) == message
    with translation.override("ro"):
        assert explain(Refused(code, "fallback", params)) not in {message, "fallback"}


def test_numbers_of_ids_take_their_romanian_form():
    def said(count: int) -> str:
        return explain(Refused("unknown_ids", "", {"count": count, "examples": ["x"], "lines": [2]}))

    with translation.override("ro"):
        assert said(1).startswith("1 id nu apare în setul de test: „x” (linia 2).")
        assert said(2).startswith("2 id-uri nu apar în setul de test, de exemplu „x” (liniile 2).")
        assert said(20).startswith("20 de id-uri nu apar")


def test_a_quiz_report_is_questioned_in_romanian(cast, client):
    cast.instructor.language = "ro"
    cast.instructor.save()
    client.force_login(cast.instructor)
    report = b"Player,Total Score (points)\nAna,900\nAna,800\nnobody,\n"
    upload = {"lecture": "3", "report": SimpleUploadedFile("report.csv", report)}
    page = text(client.post("/courses/ml/quizzes/", upload, follow=True))
    assert "„Ana” apare de două ori. Contează rezultatul mai bun." in page
    assert "Linia 4 a fost omisă, fiindcă nu este un jucător cu puncte: „nobody”." in page
    upload["report"].seek(0)
    assert "Același raport a mai fost importat, ca „3”." in text(client.post("/courses/ml/quizzes/", upload))
