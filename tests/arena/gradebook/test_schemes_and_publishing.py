"""The scheme's editor with its what-if, freezing, publishing, and what a later change needs."""

from decimal import Decimal

import pytest
from django.utils import timezone

from arena.gradebook.models import Publication, PublishedMark, SchemeVersion
from arena.gradebook.presentations import judge
from arena.gradebook.publishing import publish
from arena.gradebook.selectors import course_records, current_scheme, mark_sheet_of, published_mark
from arena.gradebook.services import Refused, enter_mark, freeze, save_scheme, unfreeze
from grader.schemes import preset_text

pytestmark = pytest.mark.django_db
D = Decimal
TEXT = preset_text("unibuc-ml")
URL = "/courses/ml/marks/scheme/"
HTMX = {"headers": {"HX-Request": "true"}}


def test_moving_an_edge_shows_who_moves_and_changes_nothing(client, marked):
    client.force_login(marked.assistant)
    # rank 2 falls from 10 to 9: ML 8.6, lab 8.3, final 7.65; rank 1 stays
    page = client.post(URL, {"by": "edges", "edge": ["1", "50", "90", "120", "150"], "document": TEXT}, **HTMX)
    result = page.context["result"]
    assert [(m.enrolment, m.before.project, m.after.project) for m in result.moves] == [(marked.b, 10, 9)]
    assert (result.n_moved, result.failed) == (0, (0, 0))
    assert "{ last = 1, mark = &quot;10&quot; }" in page.content.decode()
    assert not SchemeVersion.objects.exists()


def test_a_stricter_pass_mark_shows_who_fails(client, marked):
    client.force_login(marked.assistant)
    document = TEXT.replace('pass_mark = "5"', 'pass_mark = "7.5"')
    result = client.post(URL, {"by": "document", "document": document}, **HTMX).context["result"]
    assert (result.n_moved, result.n_up, result.failed) == (2, 0, (0, 2))


def test_a_mistake_in_the_document_is_named_by_its_line(client, marked):
    client.force_login(marked.assistant)
    document = TEXT.replace('gate_cap = "4"', "gate_cap = 4.5")
    page = client.post(URL, {"by": "document", "document": document}, **HTMX)
    line = document.splitlines().index("gate_cap = 4.5") + 1
    assert f"Line {line}: project.gate_cap must be a decimal in quotes" in page.content.decode()


def test_scaling_with_participants_moves_the_edges(client, marked):
    client.force_login(marked.assistant)
    page = client.post(URL, {"by": "scale", "document": TEXT}, **HTMX)
    assert [band.last for band in page.context["scheme"].bands] == [1, 2, 3, 4, 5, None]


def test_a_version_is_saved_with_its_reason_and_its_difference(client, marked):
    client.force_login(marked.instructor)
    save_scheme(marked.course, document=TEXT, reason="start", actor=marked.instructor)
    changed = TEXT.replace('gate_cap = "4"', 'gate_cap = "3"')
    data = {"by": "document", "document": changed, "save": "1", "reason": "as agreed"}
    assert client.post(URL, data).status_code == 302
    page = client.get(URL).content.decode()
    assert "as agreed" in page
    assert "-gate_cap = &quot;4&quot;" in page and "+gate_cap = &quot;3&quot;" in page


def test_a_frozen_examination_keeps_its_version(marked):
    freeze(marked.course, examination="first", actor=marked.instructor)
    strict = TEXT.replace("is_strict = false", "is_strict = true")
    save_scheme(marked.course, document=strict, reason="later", actor=marked.instructor)
    assert not current_scheme(marked.course).is_strict
    assert current_scheme(marked.course, "re-examination").is_strict
    with pytest.raises(Refused):
        unfreeze(marked.course, examination="first", actor=marked.instructor, reason=" ")
    unfreeze(marked.course, examination="first", actor=marked.instructor, reason="a mistake in the bands")
    assert current_scheme(marked.course).is_strict


def publish_first(marked, **more):
    return publish(marked.course, examination="first", actor=marked.instructor, **{"reason": "", **more})


def test_gaps_must_be_looked_at_before_publishing(marked):
    enter_mark(marked.a, component="exam", value=None, actor=marked.assistant)
    with pytest.raises(Refused) as caught:
        publish_first(marked)
    assert caught.value.code == "incomplete"
    assert publish_first(marked, despite=True).marks.get(enrolment=marked.a).status == "absent"


def test_published_marks_stay_until_they_are_published_again_with_a_reason(client, marked):
    first = publish_first(marked)
    enter_mark(marked.a, component="exam", value=D(10), actor=marked.assistant, reason="two pages were stuck")
    client.force_login(marked.student)
    assert client.get("/courses/ml/marks/mine/").context["sheet"].final == "8"
    for reason, code in (("", "reason_needed"),):
        with pytest.raises(Refused) as caught:
            publish_first(marked, reason=reason)
        assert caught.value.code == code
    second = publish_first(marked, reason="Two pages were stuck together.")
    assert (first.number, second.number) == (1, 2)
    # (10 + 8.6) / 2 = 9.3
    assert client.get("/courses/ml/marks/mine/").context["sheet"].final == "9"
    assert first.marks.get(enrolment=marked.a).final == "8"
    client.force_login(marked.instructor)
    page = client.get(f"/marks/publications/{second.pk}/")
    assert [row["mark"].enrolment for row in page.context["changed"]] == [marked.a]


def test_nothing_is_published_twice_without_a_change(marked):
    publish_first(marked)
    with pytest.raises(Refused) as caught:
        publish_first(marked, reason="again")
    assert caught.value.code == "nothing_changed"
    assert Publication.objects.count() == 1


def test_publishing_freezes_the_scheme_and_keeps_each_trace(marked):
    publish_first(marked)
    save_scheme(marked.course, document=TEXT.replace('gate_cap = "4"', 'gate_cap = "3"'), reason="", actor=None)
    assert current_scheme(marked.course).gate_cap == 4
    kept = PublishedMark.objects.get(enrolment=marked.a)
    assert kept.trace == [line.as_json() for line in mark_sheet_of(marked.a).trace]


def test_whoever_has_a_new_mark_is_told(client, marked):
    publish_first(marked)
    client.force_login(marked.student)
    assert "Your marks in Machine learning are published." in client.get("/notifications/").content.decode()


def test_before_publishing_a_mark_is_provisional_and_waits_for_the_private_board(client, marked):
    client.force_login(marked.student)
    page = client.get("/courses/ml/marks/mine/").content.decode()
    assert "Marks are shown once the private board is revealed." in page
    marked.competition.is_private_board_shown, marked.competition.deadline = True, timezone.now()
    marked.competition.save()
    page = client.get("/courses/ml/marks/mine/")
    assert "provisional" in page.content.decode()
    assert page.context["sheet"].final == "8"


def test_a_trace_is_read_in_romanian_with_its_commas(client, marked):
    publish_first(marked)
    client.force_login(marked.student)
    client.cookies["django_language"] = "ro"
    page = client.get("/courses/ml/marks/mine/").content.decode()
    assert "Nota finală este 0,5 × 7 (examen) + 0,5 × 8,6 (laborator) = 7,8, rotunjită la 8." in page


def test_the_re_examination_takes_its_projects_from_the_competition_that_is_chosen(client, marked):
    assert mark_sheet_of(marked.a, examination="re-examination").flags[0] == "no_project"
    client.force_login(marked.instructor)
    client.post("/courses/ml/marks/scheme/freeze/?examination=re-examination", {"project": "letters"})
    enter_mark(marked.a, component="deduction", value=D(1), actor=marked.assistant, examination="re-examination")
    assert mark_sheet_of(marked.a, examination="re-examination").project == 9


def test_who_is_disqualified_has_no_project_and_the_others_close_up(marked):
    from arena.submissions.moderation import exclude

    exclude(marked.competition, marked.student, reason="Two accounts.", actor=marked.instructor)
    assert mark_sheet_of(marked.a).trace[0].rule == "disqualified"
    assert mark_sheet_of(marked.b).trace[0].params["rank"] == 1


def test_the_re_examination_is_for_those_who_have_not_passed_or_come_again(marked):
    # 10 and 9.2 in the lab with an exam of 7 pass; the classmate's exam of 4 does not
    enter_mark(marked.b, component="exam", value=D(4), actor=marked.assistant)
    publish_first(marked, despite=True)
    again = course_records(marked.course, examination="re-examination")
    assert ([e.pk for e in again.enrolments], [e.pk for e in again.others]) == ([marked.b.pk], [marked.a.pk])
    assert len(again.sheets(current_scheme(marked.course))) == 1
    assert mark_sheet_of(marked.a, examination="re-examination") is None
    published = publish(marked.course, examination="re-examination", actor=marked.instructor, reason="", despite=True)
    assert list(published.marks.values_list("enrolment", "status")) == [(marked.b.pk, "absent")]
    assert published_mark(marked.a, examination="re-examination") is None
    # who wants to raise a mark comes, and is graded
    enter_mark(marked.a, component="exam", value=D(9), actor=marked.assistant, examination="re-examination", reason="r")
    assert mark_sheet_of(marked.a, examination="re-examination").exam == 9


def test_a_staff_page_says_that_somebody_has_passed_before(client, marked):
    publish_first(marked, despite=True)
    client.force_login(marked.assistant)
    page = client.get(f"/courses/ml/marks/{marked.a.pk}/?examination=re-examination").content.decode()
    assert "This student has passed the first examination" in page
    rows = client.get("/courses/ml/marks/table/?examination=re-examination")
    assert rows.status_code == 200


def test_a_component_that_changes_under_the_same_final_mark_is_published_again(client, marked):
    # project 10 - 0.1 = 9.9: ML 9.14 instead of 9.2, lab 8.57 instead of 8.6; (7 + 8.57) / 2 = 7.785 gives 8 as before
    publish_first(marked)
    enter_mark(marked.a, component="deduction", value=D("0.1"), actor=marked.assistant, reason="The report is short.")
    client.force_login(marked.instructor)
    page = client.get("/courses/ml/marks/publish/")
    assert [(row["before"], row["after"], row["parts"]) for row in page.context["moved"]] == [
        ("8", "8", [("project", "10", "9.9"), ("lab", "8.6", "8.57")])
    ]
    assert (
        "What you see here is what a new publication would say."
        in client.get(f"/courses/ml/marks/{marked.a.pk}/").content.decode()
    )
    second = publish_first(marked, reason="A deduction.")
    assert second.marks.get(enrolment=marked.a).project == "9.9"
    changed = client.get(f"/marks/publications/{second.pk}/").context["changed"]
    assert [(row["mark"].enrolment, row["parts"][0]) for row in changed] == [(marked.a, ("project", "10", "9.9"))]


def test_a_deduction_that_was_changed_after_the_jury_is_told_beside_its_criteria(client, marked):
    judge(
        marked.a, attendance="presented", deductions={"documentation": D("0.5")}, note="Short.", actor=marked.assistant
    )
    publish_first(marked)
    client.force_login(marked.student)
    assert client.get("/courses/ml/marks/mine/").context["counted"] is None
    enter_mark(marked.a, component="deduction", value=D("0.25"), actor=marked.assistant, reason="Not so short.")
    # not before the student's published mark says so too
    assert client.get("/courses/ml/marks/mine/").context["counted"] is None
    publish_first(marked, reason="A request.")
    page = client.get("/courses/ml/marks/mine/")
    assert page.context["counted"] == D("0.25")
    assert "In the mark 0.25 points are deducted in all" in page.content.decode()
