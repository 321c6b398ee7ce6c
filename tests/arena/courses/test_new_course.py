"""Starting a term: from nothing or from the last one, by whom, and what is taken over."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from arena.audit.models import Event
from arena.authoring.terms import create_course, steps
from arena.competitions.models import Competition
from arena.courses.models import Course, Enrolment, Role
from arena.gradebook.models import Examination, Lab, LabTarget
from arena.gradebook.selectors import current_scheme, project_of
from arena.gradebook.services import save_scheme
from grader.schemes import preset_text

pytestmark = pytest.mark.django_db
NEW = {"title": "Învățare automată", "term": "2027/28", "language": "ro"}
DAYS = {"first": date(2028, 1, 28), "re-examination": date(2028, 2, 17)}


def make(cast, **more):
    given = {"slug": "", "days": {}, "preset": "unibuc-ml", "actor": cast.instructor, **NEW, **more}
    return create_course(**given)


def test_an_empty_course_has_its_maker_its_days_and_the_preset(cast):
    course, _copied = make(cast, days=DAYS)
    assert (course.slug, str(course)) == ("invatare-automata-202728", "Învățare automată (2027/28)")
    assert [(e.user, e.role) for e in course.enrolments.all()] == [(cast.instructor, Role.INSTRUCTOR)]
    days = dict(Examination.objects.filter(course=course).values_list("kind", "held_on"))
    assert days == DAYS
    assert course.schemes.get().document == preset_text("unibuc-ml")
    assert Event.objects.get(action="course.created").actor == cast.instructor


def test_a_second_course_of_one_name_has_an_address_of_its_own(cast):
    assert [make(cast)[0].slug for _ in range(2)] == ["invatare-automata-202728", "invatare-automata-202728-2"]


def test_a_term_starts_from_the_last_one_without_its_people(cast, bell):
    document = preset_text("unibuc-ml").replace('rounding = "half_up"', 'rounding = "floor"')
    save_scheme(cast.course, document=document, reason="Down.", actor=cast.instructor)
    Lab.objects.create(course=cast.course, title="Lab 1", held_on=date(2026, 10, 5))
    LabTarget.objects.create(competition=cast.competition, target=0.9)
    without = Competition.objects.create(
        course=cast.course, slug="bare", title="Bare", opens_at=timezone.now(), deadline=timezone.now()
    )
    course, copied = make(cast, source=cast.course, preset="", weeks=52)
    assert (copied.n_competitions, copied.n_labs, copied.without_data) == (1, 1, (without.title,))
    assert [e.user for e in course.enrolments.all()] == [cast.instructor]
    copy = course.competitions.get()
    assert (copy.slug, copy.is_published, project_of(course)) == ("letters-202728", False, copy)
    moved = timezone.localtime(copy.deadline) - timezone.localtime(cast.competition.deadline)
    assert abs(moved - timedelta(weeks=52)) <= timedelta(hours=1)  # the clock's time, not the sun's
    assert timezone.localtime(copy.deadline).hour == timezone.localtime(cast.competition.deadline).hour
    assert copy.lab_target.target == 0.9
    assert [(lab.title, lab.held_on) for lab in course.labs.all()] == [("Lab 1", date(2027, 10, 4))]
    assert current_scheme(course).rounding == "floor"
    assert not copy.submissions.filter(is_baseline=False).exists()


def test_the_preset_can_be_chosen_instead_of_the_last_scheme(cast, bell):
    document = preset_text("unibuc-ml").replace('rounding = "half_up"', 'rounding = "floor"')
    save_scheme(cast.course, document=document, reason="Down.", actor=cast.instructor)
    course, _copied = make(cast, source=cast.course, preset="unibuc-ml")
    assert current_scheme(course).rounding == "half_up"


def test_who_is_allowed_makes_a_course_in_the_browser(client, cast):
    client.force_login(cast.outsider)
    assert client.get("/courses/new/").status_code == 403
    assert "New course" not in client.get("/").content.decode()
    cast.outsider.may_create_courses = True
    cast.outsider.save()
    assert "New course" in client.get("/").content.decode()
    data = NEW | {"first_on": "2028-01-28", "again_on": "2028-02-17", "preset": "unibuc-ml"}
    answer = client.post("/courses/new/", data)
    course = Course.objects.get(term="2027/28")
    assert answer.headers["Location"] == f"/courses/{course.slug}/edit/"
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert [step.is_done for step in page.context["steps"]] == [False] * 7
    # of a course that he does not teach he takes nothing over
    assert client.post("/courses/new/", data | {"source": cast.course.pk}).status_code == 422
    assert Course.objects.filter(competitions__isnull=False).get() == cast.course


def test_the_form_names_what_is_wrong(client, cast):
    client.force_login(cast.admin)
    data = NEW | {"slug": "ml", "first_on": "2028-02-17", "again_on": "2028-01-28"}
    page = client.post("/courses/new/", data)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"slug", "again_on"}


def test_settings_change_with_a_record_of_what_changed(client, cast):
    client.force_login(cast.instructor)
    data = {"title": "Machine learning", "term": "2026/27", "language": "ro", "first_on": "2027-01-28", "again_on": ""}
    assert client.post("/courses/ml/edit/", data).status_code == 302
    assert Event.objects.get(action="course.changed").details["fields"] == {"term": "2026/27", "language": "ro"}
    assert Event.objects.get(action="examination.day").details == {"before": None, "after": "2027-01-28"}
    client.force_login(cast.student)
    assert "28 Jan 2027" in client.get("/courses/ml/marks/mine/").content.decode()


def test_the_steps_follow_what_is_there(cast, hand_in, files):
    found = {step.name: (step.is_done, step.detail) for step in steps(cast.course)}
    assert found["Roster"] == (True, "2 students")
    assert found["Project"] == (True, "Letters")
    assert found["Exam marks"] == (False, "0 of 2 entered")
    assert found["Publish"] == (False, "nothing is published yet")


def test_a_roster_s_new_people_read_the_language_of_the_course(cast):
    from arena.courses.rosters import apply_roster, keep_roster

    cast.course.language = "ro"
    cast.course.save()
    text = b"Name,E-mail\nNorel Ion,ion@s.example\n"
    apply_roster(keep_roster(cast.course, name="r.csv", data=text, actor=cast.admin), actor=cast.admin)
    assert Enrolment.objects.get(user__email="ion@s.example").user.language == "ro"
