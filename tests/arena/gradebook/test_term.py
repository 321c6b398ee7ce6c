"""A term in the browser's requests: from an empty course to exported final marks, and a student who sees why."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment, Role
from arena.gradebook.models import Lab, MarkImport, Slot
from arena.leaderboards.models import BoardRow

pytestmark = pytest.mark.django_db
ROSTER = "Nr. matricol;Nume și prenume;Grupa;E-mail\n017001;Zăpadă Ștefan;141;stefan@s.example\n017002;Norel Ion;142;ion@s.example\n"
MARKS = "E-mail;Nota examen;Test laborator;Nota laborator\nstefan@s.example;8,60;9;8,4\nion@s.example;4,80;5;9\n"
QUIZ = "Rank,Player,Total Score (points)\n1,141zapada,5000\n2,SuperGuest,4000\n"


def upload(text, name):
    file = io.BytesIO(text.encode())
    file.name = name
    return file


def test_an_instructor_takes_a_course_from_nothing_to_exported_marks(client, cast):
    course = Course.objects.create(slug="new", title="New course", term="2027")
    Enrolment.objects.create(course=course, user=cast.instructor, role=Role.INSTRUCTOR)
    client.force_login(cast.instructor)
    base = "/courses/new"
    # the roster
    page = client.post(f"{base}/roster/", {"roster": upload(ROSTER, "roster.csv")}, follow=True)
    client.post(page.redirect_chain[-1][0], {"apply": "1"})
    stefan, ion = Enrolment.objects.filter(course=course, role=Role.STUDENT).order_by("number")
    # the project's board
    now = timezone.now()
    project = Competition.objects.create(
        course=course, slug="new-project", title="P", is_project=True, opens_at=now, deadline=now
    )
    for enrolment, score in ((stefan, 0.81), (ion, 0.7)):
        BoardRow.objects.create(competition=project, user=enrolment.user, private_score=score, private_at=now)
    BoardRow.objects.create(
        competition=project, user=cast.instructor, is_baseline=True, is_ranked=False, private_score=0.6
    )
    # exam, lab test and the other subject's mark, from a spreadsheet
    page = client.post(f"{base}/marks/import/", {"table": upload(MARKS, "note.csv")}, follow=True)
    columns = {f"column-{index}": component for index, component in MarkImport.objects.get().columns.items()}
    assert set(columns.values()) == {"exam", "lab_test", "other_lab"}
    client.post(page.redirect_chain[-1][0], {**columns, "apply": "1"})
    # presentations
    starts = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    client.post(
        f"{base}/presentations/", {"starts_at": starts, "count": "2", "minutes": "10", "places": "1", "room": "1"}
    )
    assert Slot.objects.count() == 2
    client.post(f"{base}/presentations/{stefan.pk}/", {"attendance": "presented"})
    client.post(f"{base}/presentations/{ion.pk}/", {"attendance": "presented", "criterion-0": "1"})
    # a quiz, and answers in a lab
    client.post(f"{base}/quizzes/", {"lecture": "Lecture 1", "report": upload(QUIZ, "quiz.csv")})
    client.post(f"{base}/labs/", {"title": "Lab 1", "held_on": "2027-03-01"})
    client.post(f"/labs/{Lab.objects.get().pk}/answers/", {"enrolment": stefan.pk})
    # publish: a nickname of nobody must be looked at first
    assert client.post(f"{base}/marks/publish/", {}).status_code == 422
    assert client.post(f"{base}/marks/publish/", {"despite": "on"}).status_code == 302
    # Zăpadă: project 10, ML 9.6, lab (9.6 + 8.4) / 2 + 0.2 = 9.2, exam 8.6 + 0.3 = 8.9, (9.2 + 8.9) / 2 = 9.05
    # Norel: project 10 - 1 = 9, ML 5.4 + 2 = 7.4, lab 8.2, exam 4.8: below 5
    text = client.get(f"{base}/marks/export/moodle/").content.decode()
    assert text.splitlines()[1:] == ["ion@s.example,017002,4", "stefan@s.example,017001,9"]
    # and the student can explain his mark from his page alone
    client.force_login(ion.user)
    client.cookies["django_language"] = "ro"
    page = client.get(f"{base}/marks/mine/").content.decode()
    for sentence in (
        "Pentru prezentare și documentație se scad 1 puncte: 10 devine 9.",
        "Nota de laborator la această materie este 0,6 × 9 (proiect) + 0,4 × 5 (test) = 7,4.",
        "Examenul și laboratorul trebuie să ajungă ambele la 5, dar sunt 4,8 și 8,2",
    ):
        assert sentence in page
