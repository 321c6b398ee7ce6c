"""Who teaches a course: added by address, changed, removed, and never nobody."""

import pytest
from django.core import mail

from arena.accounts.models import User
from arena.audit.models import Event
from arena.courses.models import Enrolment, Role
from arena.courses.staff import StaffRefused, add_staff, change_role, remove_staff, staff_of

pytestmark = pytest.mark.django_db


def refusal(act, *arguments, **keywords):
    with pytest.raises(StaffRefused) as caught:
        act(*arguments, **keywords)
    return caught.value.code


def test_an_unknown_address_becomes_an_account_in_the_language_of_the_course(cast):
    cast.course.language = "ro"
    cast.course.save()
    made = add_staff(
        cast.course, email="New@test.example", name="The newcomer", role="assistant", actor=cast.instructor
    )
    assert (made.user.email, made.user.name, made.user.language) == ("new@test.example", "The newcomer", "ro")
    assert not made.user.has_usable_password()
    event = Event.objects.get(action="staff.added")
    assert (event.actor, event.details["role"]) == (cast.instructor, "assistant")


def test_a_known_address_keeps_its_name(cast):
    made = add_staff(cast.course, email=cast.outsider.email, name="Other", role="instructor", actor=cast.admin)
    assert (made.user.name, made.role) == ("The outsider", Role.INSTRUCTOR)


def test_a_student_never_becomes_staff_by_the_way(cast):
    add = {"name": "", "role": "assistant", "actor": cast.instructor}
    assert refusal(add_staff, cast.course, email=cast.student.email, **add) == "is_member"
    assert refusal(add_staff, cast.course, email="new@test.example", **add) == "name_needed"
    assert refusal(add_staff, cast.course, email="new@test.example", **add | {"role": "student"}) == "no_role"
    assert not User.objects.filter(email="new@test.example").exists()


def test_the_last_instructor_stays_one(cast):
    only = cast.instructor_enrolment
    assert refusal(remove_staff, only, actor=cast.instructor) == "last_instructor"
    assert refusal(change_role, only, role="assistant", actor=cast.instructor) == "last_instructor"
    change_role(cast.assistant_enrolment, role="instructor", actor=cast.instructor)
    remove_staff(only, actor=cast.instructor)
    assert [(one.user, one.role) for one in staff_of(cast.course)] == [(cast.assistant, Role.INSTRUCTOR)]
    assert list(Event.objects.order_by("pk").values_list("action", flat=True)) == ["staff.changed", "staff.removed"]


def test_whoever_is_added_on_the_page_gets_an_invitation(client, cast):
    client.force_login(cast.instructor)
    data = {"email": "new@test.example", "name": "The newcomer", "role": "assistant"}
    page = client.post("/courses/ml/staff/", data, follow=True).content.decode()
    assert "The newcomer teaches this course now." in page
    assert [message.to for message in mail.outbox] == [["new@test.example"]]
    made = Enrolment.objects.get(user__email="new@test.example")
    client.post(f"/courses/ml/staff/{made.pk}/", {"remove": "1"})
    assert not Enrolment.objects.filter(pk=made.pk).exists()


def test_students_and_assistants_are_no_masters_of_the_staff(client, cast):
    for user in (cast.student, cast.assistant, cast.outsider):
        client.force_login(user)
        assert client.post("/courses/ml/staff/", {"email": user.email, "role": "instructor"}).status_code == 404
        pk = cast.instructor_enrolment.pk
        assert client.post(f"/courses/ml/staff/{pk}/", {"remove": "1"}).status_code == 404
    client.force_login(cast.instructor)
    pk = cast.student_enrolment.pk
    assert client.post(f"/courses/ml/staff/{pk}/", {"remove": "1"}).status_code == 404


def test_whoever_leaves_a_course_is_led_home(client, cast):
    change_role(cast.assistant_enrolment, role="instructor", actor=cast.instructor)
    client.force_login(cast.instructor)
    answer = client.post(f"/courses/ml/staff/{cast.instructor_enrolment.pk}/", {"remove": "1"})
    assert answer.headers["Location"] == "/"
