"""Importing quiz reports on the pages: bonuses, places, nicknames, what is refused, and undoing it."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from arena.audit.models import Event
from arena.gradebook.selectors import mark_sheet_of
from arena.gradebook.services import enter_mark, save_scheme
from arena.quizzes.models import QuizPlayer, QuizSession
from arena.quizzes.selectors import places_by_enrolment
from grader.schemes import preset_text

pytestmark = pytest.mark.django_db
PAGE = "/courses/ml/quizzes/"
REPORT = "Rank,Player,Total Score (points)\n1,Zed,5000\n2,141Student,4000\n3,Classmate,4000\n4,Late,100\n"


@pytest.fixture
def send(cast: SimpleNamespace, client: Client) -> object:
    """`send(text, lecture="Lecture 1")`: upload a report as the instructor. Everybody's exam is 5 before bonuses."""
    client.force_login(cast.instructor)
    for enrolment in (cast.student_enrolment, cast.classmate_enrolment):
        enter_mark(enrolment, component="exam", value=Decimal(5), actor=cast.instructor)

    def do(text: str | bytes = REPORT, *, lecture: str = "Lecture 1", name: str = "report.csv", **more: str) -> object:
        data = text.encode() if isinstance(text, str) else text
        return client.post(PAGE, {"lecture": lecture, "report": SimpleUploadedFile(name, data), **more}, follow=True)

    return do


def exam(enrolment: object) -> Decimal:
    return mark_sheet_of(enrolment).exam


def test_a_report_gives_bonuses_by_place_and_an_unmatched_player_holds_one(cast, send):
    text = send().content.decode()
    assert "Whose nickname is this?" in text and "Zed" in text and "Late" in text
    players = {p.nickname: (p.enrolment_id, p.points) for p in QuizPlayer.objects.all()}
    assert players["141Student"] == (cast.student_enrolment.pk, Decimal(4000))
    assert players["Zed"] == (None, Decimal(5000))
    # both share place 2, which is worth 0.3
    assert (exam(cast.student_enrolment), exam(cast.classmate_enrolment)) == (Decimal("5.3"), Decimal("5.3"))


def test_a_person_resolves_a_nickname_and_the_next_report_knows_it(client, cast, send):
    send("Rank,Player,Total Score (points)\n1,xX_Dragon_Xx,900\n")
    player = QuizPlayer.objects.get()
    assert (player.enrolment, exam(cast.student_enrolment)) == (None, Decimal(5))
    client.post(f"/quizzes/players/{player.pk}/resolve/", {"enrolment": cast.student_enrolment.pk})
    assert exam(cast.student_enrolment) == Decimal("5.3")
    send("Rank,Player,Total Score (points)\n1,xX_Dragon_Xx,800\n", lecture="Lecture 2")
    assert exam(cast.student_enrolment) == Decimal("5.6")
    assert Event.objects.get(action="quiz.resolved").actor == cast.instructor


def test_the_same_report_is_imported_once_and_undone_whole(client, cast, send):
    send()
    again = send(lecture="Lecture 9")
    assert again.status_code == 422 and "Lecture 1" in again.content.decode()
    session = QuizSession.objects.get()
    client.post(f"/quizzes/{session.pk}/remove/")
    assert not QuizSession.objects.exists() and not QuizPlayer.objects.exists()
    assert exam(cast.student_enrolment) == Decimal(5)
    assert send().status_code == 200


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("report.csv", b"name;mark\nAna;9\n"),
        ("report.xlsx", b"PK no workbook"),
        ("report.pdf", b"%PDF"),
        ("r.csv", b""),
    ],
)
def test_what_is_no_report_is_refused_with_a_reason_and_leaves_nothing(send, name, data):
    answer = send(data, name=name)
    assert answer.status_code in {200, 422}
    assert 'role="alert"' in answer.content.decode()
    assert not QuizSession.objects.exists()


def test_the_page_shows_places_as_the_scheme_gives_them(cast, client, send):
    text = preset_text("unibuc-ml").replace('ties = "shared"', 'ties = "mean"', 1)
    save_scheme(cast.course, document=text, reason="Means.", actor=cast.instructor)
    send("Rank,Player,Total Score (points)\n1,141Student,70\n2,Classmate,70\n")
    page = client.get(f"/quizzes/{QuizSession.objects.get().pk}/").content.decode()
    assert "Equal points get the mean of their places." in page
    assert page.count('<td class="num">1.5</td>') == 2


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [("summed", "their points are summed"), ("best", "best one counts"), ("each", "each counts on its own")],
)
def test_the_page_says_what_happens_to_two_quizzes_of_one_lecture(cast, client, send, rule, sentence):
    text = preset_text("unibuc-ml").replace('same_lecture = "summed"', f'same_lecture = "{rule}"')
    save_scheme(cast.course, document=text, reason="Two quizzes.", actor=cast.instructor)
    assert sentence not in send().content.decode()
    assert sentence in send(REPORT.replace("5000", "5100")).content.decode()


def test_a_player_of_another_course_cannot_be_resolved_into_this_one(client, cast, send):
    from arena.courses.models import Course, Enrolment, Role

    send()
    other = Course.objects.create(slug="other", title="Other", term="2026")
    stranger = Enrolment.objects.create(course=other, user=cast.outsider, role=Role.STUDENT)
    player = QuizPlayer.objects.get(nickname="Zed")
    assert client.post(f"/quizzes/players/{player.pk}/resolve/", {"enrolment": stranger.pk}).status_code == 404
    player.refresh_from_db()
    assert player.enrolment is None


def test_students_neither_import_resolve_nor_remove(client, cast, send):
    send()
    session, player = QuizSession.objects.get(), QuizPlayer.objects.get(nickname="Zed")
    client.force_login(cast.student)
    pages = [PAGE, f"/quizzes/{session.pk}/remove/", f"/quizzes/players/{player.pk}/resolve/"]
    assert [client.post(page).status_code for page in pages] == [404, 404, 404]
    assert client.get(f"/quizzes/{session.pk}/").status_code == 404
    assert QuizSession.objects.count() == 1


def test_a_report_that_is_only_looked_at_gives_nothing_until_it_is_applied(client, cast, send):
    page = send("Player,Score\nThe student,900\n", preview="1")
    session = QuizSession.objects.get()
    assert session.is_preview and "it gives no bonus until you apply it" in page.content.decode()
    assert places_by_enrolment(cast.course, ties="shared", same_lecture="summed") == {}
    client.post(f"/quizzes/{session.pk}/apply/")
    assert places_by_enrolment(cast.course, ties="shared", same_lecture="summed") == {cast.student_enrolment.pk: [1]}


def test_a_report_that_was_looked_at_can_be_imported(cast, send):
    send("Player,Score\nThe student,900\n", preview="1")
    send("Player,Score\nThe student,900\n")
    assert [s.is_preview for s in QuizSession.objects.all()] == [False]


def test_a_nickname_that_fits_two_names_its_candidates_and_is_settled_everywhere(client, cast, send):
    cast.student.name, cast.classmate.name = "Norel Ana", "Norel Ion"
    cast.student.save()
    cast.classmate.save()
    send("Player,Score\nnorel,900\n", lecture="Lecture 1")
    send("Player,Score\nNOREL,800\n", lecture="Lecture 2")
    player = QuizPlayer.objects.get(nickname="norel")
    assert set(player.candidates) == {cast.student_enrolment.pk, cast.classmate_enrolment.pk}
    page = client.get("/courses/ml/quizzes/review/").content.decode()
    assert page.count("<form") >= 2 and "likeliest first" in page
    client.post(f"/quizzes/players/{player.pk}/resolve/", {"enrolment": cast.classmate_enrolment.pk})
    assert set(QuizPlayer.objects.values_list("enrolment", "method")) == {
        (cast.classmate_enrolment.pk, "person"),
        (cast.classmate_enrolment.pk, "alias"),
    }
    assert "Every nickname is settled." in client.get("/courses/ml/quizzes/review/").content.decode()


def test_somebody_who_played_under_two_nicknames_is_named(cast, send):
    page = send("Player,Score\nThe student,900\nstudent the,500\n").content.decode()
    assert "The student played under several nicknames, and the better result counts:" in page


def test_a_report_with_a_changed_column_is_refused_and_leaves_nothing(send):
    page = send("Participant,Rezultat\nana,5\n")
    assert page.status_code == 422
    assert not QuizSession.objects.exists()


def test_a_player_who_gave_an_address_is_matched_by_it(cast, send):
    send(b"Player,Player Identifier,Score\nRocket,CLASSMATE@test.example,900\nstudent,nobody@test.example,800\n")
    found = dict(QuizPlayer.objects.values_list("nickname", "enrolment"))
    assert found == {"Rocket": cast.classmate_enrolment.pk, "student": cast.student_enrolment.pk}
