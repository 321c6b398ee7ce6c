"""Who may open the pages of marks, labs, presentations and rosters."""

import pytest

pytestmark = pytest.mark.django_db
STAFF = [
    "/courses/ml/marks/",
    "/courses/ml/marks/?examination=re-examination",
    "/courses/ml/marks/table/",
    "/courses/ml/marks/import/",
    "/courses/ml/marks/history/",
    "/courses/ml/marks/print/",
    "/courses/ml/marks/scheme/",
    "/courses/ml/marks/publish/",
    "/courses/ml/marks/requests/",
    "/courses/ml/marks/export/csv/",
    "/courses/ml/marks/export/xlsx/",
    "/courses/ml/marks/export/moodle/",
    "/courses/ml/marks/export/canvas/",
    "/courses/ml/labs/",
    "/courses/ml/roster/",
]
EVERYBODY = {"instructor": 200, "assistant": 200, "student": 404, "outsider": 404}


@pytest.mark.parametrize("path", STAFF)
@pytest.mark.parametrize("language", ["en", "ro"])
def test_pages_for_staff_are_closed_to_students(client, cast, path, language):
    for person, code in EVERYBODY.items():
        client.force_login(getattr(cast, person))
        client.cookies["django_language"] = language
        assert client.get(path).status_code == code, (person, path)


def test_a_student_sees_only_the_own_page(client, cast):
    client.force_login(cast.student)
    assert client.get("/courses/ml/marks/mine/").status_code == 200
    assert client.get("/courses/ml/presentations/").status_code == 200
    assert client.get(f"/courses/ml/marks/{cast.classmate_enrolment.pk}/").status_code == 404
    assert client.get(f"/courses/ml/presentations/{cast.classmate_enrolment.pk}/").status_code == 404


def test_pages_about_one_student_open_for_staff(client, cast):
    client.force_login(cast.assistant)
    assert client.get(f"/courses/ml/marks/{cast.student_enrolment.pk}/").status_code == 200
    assert client.get(f"/courses/ml/presentations/{cast.student_enrolment.pk}/").status_code == 200
    assert client.get("/courses/ml/presentations/").status_code == 200


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/courses/ml/marks/scheme/", {"save": "1", "by": "document", "document": 'name = "x"'}),
        ("/courses/ml/marks/scheme/freeze/", {}),
        ("/courses/ml/marks/publish/", {"despite": "on"}),
        ("/courses/ml/roster/", {}),
    ],
)
def test_what_decides_about_everybody_is_for_instructors(client, cast, path, data):
    from arena.gradebook.models import Publication, SchemeVersion

    client.force_login(cast.assistant)
    assert client.post(path, data).status_code in {404, 422}
    assert not SchemeVersion.objects.exists()
    assert not Publication.objects.exists()
