"""Every address of the site, with what it answers to whom. An address without a line in the table fails.

The submission, the API token and the side of the case are the student's. Nothing stays from one request to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import URLResolver, get_resolver
from django.utils import timezone

PEOPLE = ("anonymous", "outsider", "elsewhere", "student", "classmate", "assistant", "instructor", "admin")
# statuses in the order of PEOPLE; `elsewhere` is instructor of another course
ANYBODY = "200 200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200 200"
MEMBERS = "302 404 404 200 200 200 200 200"
OWN = "302 404 404 200 404 404 404 404"
OWN_AND_STAFF = "302 404 404 200 404 200 200 200"
STUDENTS = "302 404 404 200 200 404 404 404"
STAFF = "302 404 404 404 404 200 200 200"
INSTRUCTORS = "302 404 404 404 404 404 200 200"
ADMINS = "302 404 404 404 404 404 404 200"
EDITORS = "302 404 404 403 403 403 200 200"

C, K = "competitions/<slug:slug>/", "courses/<slug:slug>/"
PAGES = {
    "healthz/": ANYBODY,
    "account/sign-in/": "200 302 302 302 302 302 302 302",
    "account/password/": SIGNED_IN,
    "account/password/forgotten/": ANYBODY,
    "account/password/sent/": ANYBODY,
    "account/password/<uidb64>/<token>/": ANYBODY,
    "account/tokens/": SIGNED_IN,
    "account/email/": SIGNED_IN,
    "account/email/<str:link>/": "302 410 410 410 410 410 410 410",
    "": SIGNED_IN,
    "notifications/": SIGNED_IN,
    f"{K}roster/": STAFF,
    "rosters/<int:pk>/": STAFF,
    C: MEMBERS,
    f"{C}files/<str:name>": MEMBERS,
    f"{C}discussion/": MEMBERS,
    "courses/new/": "302 403 403 403 403 403 403 200",
    f"{K}edit/": INSTRUCTORS,
    f"{K}competitions/new/": EDITORS,
    f"{K}competitions/bundle/": EDITORS,
    f"{C}edit/": EDITORS,
    f"{C}edit/data/": EDITORS,
    f"{C}edit/metric/": "302 404 404 403 403 200 200 200",
    f"{C}edit/task/": EDITORS,
    f"{C}edit/baselines/": EDITORS,
    f"{C}edit/publish/": EDITORS,
    f"{C}edit/extensions/": EDITORS,
    f"{C}duplicate/": EDITORS,
    f"{C}export/": EDITORS,
    f"{C}submit/": MEMBERS,
    f"{C}submissions/": MEMBERS,
    f"{C}team/": MEMBERS,
    f"{C}submissions/archive.zip": STAFF,
    "submissions/<int:pk>/": OWN_AND_STAFF,
    "submissions/<int:pk>/live/": OWN_AND_STAFF,
    "submissions/<int:pk>/confusion/": OWN_AND_STAFF,
    "submissions/<int:pk>/record.json": OWN_AND_STAFF,
    "submissions/<int:pk>/files/<path:name>": OWN_AND_STAFF,
    f"{C}leaderboard/": MEMBERS,
    f"{C}leaderboard/mine/": MEMBERS,
    f"{C}leaderboard/signs/": STAFF,
    f"{K}quizzes/": STAFF,
    "quizzes/<int:pk>/": STAFF,
    f"{C}plagiarism/": STAFF,
    f"{C}plagiarism/known/": STAFF,
    "plagiarism/runs/<int:pk>/export/": STAFF,
    "plagiarism/pairs/<int:pk>/": STAFF,
    "plagiarism/pairs/<int:pk>/export/": STAFF,
    f"{C}cases/": STAFF,
    "cases/<int:pk>/": OWN_AND_STAFF,
    f"{K}marks/": STAFF,
    f"{K}marks/mine/": STUDENTS,
    f"{K}marks/<int:pk>/": STAFF,
    f"{K}marks/table/": STAFF,
    f"{K}marks/import/": STAFF,
    "marks/imports/<int:pk>/": STAFF,
    f"{K}marks/history/": STAFF,
    f"{K}marks/export/<slug:format>/": STAFF,
    f"{K}marks/print/": STAFF,
    f"{K}marks/scheme/": STAFF,
    f"{K}marks/publish/": STAFF,
    "marks/publications/<int:pk>/": STAFF,
    f"{K}marks/requests/": STAFF,
    f"{C}lab-test/": STAFF,
    f"{K}labs/": STAFF,
    "labs/<int:pk>/": STAFF,
    f"{K}presentations/": MEMBERS,
    f"{K}presentations/<int:pk>/": STAFF,
    f"{C}regrades/": INSTRUCTORS,
    "regrades/<int:pk>/": INSTRUCTORS,
    f"{C}bands/": STAFF,
    f"{C}bands/next/": MEMBERS,
    f"{K}quizzes/review/": STAFF,
    "audit/": ADMINS,
    "audit/export/": ADMINS,
    "desk/": ADMINS,
    f"{C}reproductions/": STAFF,
    "models/": SIGNED_IN,
    "models/<slug:slug>/": SIGNED_IN,
    "api/v1/openapi.json": ANYBODY,
    "api/v1/docs": ANYBODY,
    "api/v1/": "404 404 404 404 404 404 404 404",
}
# what is sent, and the answers; 302 is "done" and 422 "the form says what is missing" for whoever may
ACTS = {
    "language/": ({"language": "en"}, "302 302 302 302 302 302 302 302"),
    "account/sign-out/": ({}, "302 302 302 302 302 302 302 302"),
    "account/tokens/<int:pk>/delete/": ({}, "302 404 404 302 404 404 404 404"),
    "account/tokens/": ({"name": "t"}, SIGNED_IN),
    "account/email/": ({"email": "new@test.example", "password": "wrong"}, SIGNED_IN),
    f"{C}rules/accept/": ({"version": "1"}, "302 404 404 302 302 302 302 302"),
    f"{C}discussion/": ({"text": "When?"}, "302 404 404 302 302 302 302 302"),
    f"{C}discussion/<int:pk>/": ({"answer": "Now."}, "302 404 404 403 403 302 302 302"),
    f"{K}roster/": ({}, "302 404 404 404 404 404 422 422"),
    f"{K}roster/invite/": ({}, "302 404 404 404 404 404 302 302"),
    "rosters/<int:pk>/": ({}, "302 404 404 404 404 404 302 302"),
    f"{K}staff/": ({"email": "new@test.example"}, "302 404 404 404 404 404 302 302"),
    f"{K}staff/<int:pk>/": ({"remove": "1"}, "302 404 404 404 404 404 302 302"),
    "courses/new/": ({"title": ""}, "302 403 403 403 403 403 403 422"),
    f"{K}edit/": ({"title": ""}, "302 404 404 404 404 404 422 422"),
    f"{K}competitions/new/": ({"title": ""}, "302 404 404 403 403 403 422 422"),
    f"{K}competitions/import/": ({}, "302 404 404 403 403 403 422 422"),
    f"{K}competitions/bundle/": ({}, "302 404 404 403 403 403 422 422"),
    f"{C}edit/": ({"title": ""}, "302 404 404 403 403 403 422 422"),
    f"{C}edit/data/": ({"way": "split"}, "302 404 404 403 403 403 422 422"),
    f"{C}edit/metric/": ({}, "302 404 404 403 403 403 422 422"),
    f"{C}edit/task/": ({"description": "New"}, "302 404 404 403 403 403 302 302"),
    f"{C}edit/task/preview/": ({"description": "New"}, EDITORS),
    f"{C}edit/baselines/": ({}, "302 404 404 403 403 403 422 422"),
    f"{C}edit/publish/": ({}, "302 404 404 403 403 403 302 302"),
    f"{C}edit/extensions/": ({}, "302 404 404 403 403 403 422 422"),
    f"{C}duplicate/": ({}, "302 404 404 403 403 403 422 422"),
    f"{C}submit/": ({}, "302 404 404 422 422 422 422 422"),
    f"{C}team/": ({"act": "create", "name": "Owls"}, "302 404 404 302 302 302 302 302"),
    "submissions/<int:pk>/select/": ({}, "302 404 404 302 404 404 404 404"),
    "submissions/<int:pk>/cancel/": ({}, "302 404 404 302 404 302 302 302"),
    "submissions/<int:pk>/withdraw/": ({}, "302 404 404 302 404 404 404 404"),
    "submissions/<int:pk>/disqualify/": ({"reason": "r"}, "302 404 404 404 404 404 302 302"),
    "models/<slug:slug>/baseline/": (
        {"competition": "letters"},
        "302 404 404 404 404 404 302 302",
    ),
    f"{C}reproductions/": ({}, "302 404 404 404 404 404 302 302"),
    "submissions/<int:pk>/code/": ({}, "302 404 404 302 404 404 404 404"),
    f"{C}leaderboard/reveal/": ({}, "302 404 404 404 404 404 302 302"),
    "quizzes/<int:pk>/apply/": ({}, "302 404 404 404 404 302 302 302"),
    "desk/<str:kind>/<int:pk>/<str:act>/": ({}, "302 404 404 404 404 404 404 302"),
    f"{C}leaderboard/name/": ({"pseudonym": "Heron"}, "302 404 404 302 302 302 302 404"),
    f"{K}quizzes/": ({}, "302 404 404 404 404 422 422 422"),
    "quizzes/<int:pk>/remove/": ({}, "302 404 404 404 404 302 302 302"),
    "quizzes/players/<int:pk>/resolve/": ({}, "302 404 404 404 404 302 302 302"),
    f"{C}plagiarism/": ({}, "302 404 404 404 404 302 302 302"),
    f"{C}plagiarism/known/": ({"kind": "starter"}, "302 404 404 404 404 422 422 422"),
    "plagiarism/pairs/<int:pk>/": ({"decision": "dismissed"}, "302 404 404 404 404 302 302 302"),
    "cases/<int:pk>/": ({"action": "decide", "party": "0"}, "302 404 404 404 404 404 404 404"),
    f"{K}marks/mine/ask/": ({"line": "0"}, "302 404 404 302 302 404 404 404"),
    f"{K}marks/<int:pk>/": ({"exam": "8"}, "302 404 404 404 404 422 422 422"),
    f"{K}marks/table/": ({}, "302 404 404 404 404 302 302 302"),
    f"{K}marks/import/": ({}, "302 404 404 404 404 422 422 422"),
    "marks/imports/<int:pk>/": ({}, STAFF),
    "marks/changes/<int:pk>/undo/": ({"reason": "r"}, "302 404 404 404 404 404 302 302"),
    f"{K}marks/scheme/": ({"save": "1", "by": "document"}, "302 404 404 404 404 404 302 302"),
    f"{K}marks/scheme/freeze/": ({}, "302 404 404 404 404 404 302 302"),
    f"{K}marks/publish/": ({"despite": "on", "reason": "r"}, "302 404 404 404 404 404 422 422"),
    f"{K}marks/requests/": ({"state": "rejected"}, "302 404 404 404 404 404 404 404"),
    f"{C}lab-test/": ({"target": "x"}, "302 404 404 404 404 422 422 422"),
    f"{K}labs/": ({}, "302 404 404 404 404 422 422 422"),
    "labs/<int:pk>/answers/": ({"plain": "1", "enrolment": "STUDENT"}, "302 404 404 404 404 302 302 302"),
    f"{K}presentations/": ({"cancel": "1", "count": "x"}, "302 404 404 302 302 422 422 422"),
    f"{K}presentations/<int:pk>/": ({"comment": "1"}, "302 404 404 404 404 302 302 302"),
    f"{C}regrades/": ({}, "302 404 404 404 404 404 422 422"),
    "regrades/<int:pk>/<str:act>/": ({}, "302 404 404 404 404 404 302 302"),
    "api/v1/competitions/<slug>/submissions": ({}, "401 401 401 401 401 401 401 401"),
    "api/v1/competitions/<slug>/rules": ({"version": "1"}, "401 401 401 401 401 401 401 401"),
    "api/v1/submissions/<pk>/withdrawal": ({}, "401 401 401 401 401 401 401 401"),
    "api/v1/submissions/<pk>/cancellation": ({}, "401 401 401 401 401 401 401 401"),
    "api/v1/submissions/<pk>/code": ({}, "401 401 401 401 401 401 401 401"),
    "api/v1/submissions/<pk>/final": ({}, "401 401 401 401 401 401 401 401"),
}
# with a token of one's own
API_ACTS = {
    "api/v1/competitions/<slug>/submissions": "401 422 422 422 422 422 422 422",
    "api/v1/competitions/<slug>/rules": "401 404 404 200 200 200 200 200",
    "api/v1/submissions/<pk>/withdrawal": "401 404 404 200 404 404 404 404",
    "api/v1/submissions/<pk>/cancellation": "401 404 404 422 404 404 404 404",
    "api/v1/submissions/<pk>/code": "401 404 404 422 404 404 404 404",
    "api/v1/submissions/<pk>/final": "401 404 404 200 404 404 404 404",
}
API = {
    "api/v1/competitions": "401 200 200 200 200 200 200 200",
    "api/v1/submissions/<pk>": "401 404 404 200 404 404 404 404",
    "api/v1/competitions/<slug>/submissions": "401 404 404 200 200 200 200 200",
    "api/v1/competitions/<slug>/files": "401 404 404 200 200 200 200 200",
    "api/v1/competitions/<slug>/files/<name>": "401 404 404 200 200 200 200 200",
    "api/v1/submissions/<pk>/files": "401 404 404 200 404 404 404 404",
    "api/v1/submissions/<pk>/files/<path:name>": "401 404 404 200 404 404 404 404",
    "api/v1/submissions/<pk>/log": "401 404 404 200 404 404 404 404",
    "api/v1/competitions/<slug>/leaderboard": "401 404 404 200 200 200 200 200",
    "api/v1/competitions/<slug>/rules": "401 404 404 200 200 200 200 200",
    "api/v1/courses/<slug>/mark": "401 404 404 200 200 404 404 404",
}


def routes(patterns: list, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_address_has_a_line_in_the_table():
    found = {route for route in routes(get_resolver().url_patterns) if not route.startswith("admin/")}
    assert found == {*PAGES, *ACTS, *API}


@pytest.fixture
def world(cast, files, hand_in, client):
    """Everything that an address can name, in one course, and a stranger who teaches another one."""
    from decimal import Decimal

    from arena.accounts.models import User
    from arena.accounts.tokens import issue
    from arena.competitions.discussion import ask
    from arena.competitions.services import accept_rules, set_rules
    from arena.courses.models import Course, Enrolment, Role
    from arena.courses.rosters import keep_roster
    from arena.gradebook.importing import keep_upload
    from arena.gradebook.models import Lab
    from arena.gradebook.publishing import publish
    from arena.gradebook.services import enter_marks
    from arena.integrity.models import Case, CaseParty, PlagiarismRun, SimilarPair
    from arena.quizzes.services import import_report
    from arena.regrading import services as regrading

    other = Course.objects.create(slug="other", title="Other", term="2026")
    cast.elsewhere = User.objects.create_user("elsewhere@test.example", "a long password", name="The stranger")
    Enrolment.objects.create(course=other, user=cast.elsewhere, role=Role.INSTRUCTOR)
    cast.competition.is_lab_test = True
    cast.competition.must_reproduce = True
    cast.competition.team_size = 2
    cast.competition.save()
    mine, theirs = (hand_in(user, {"p.csv": files.half}) for user in (cast.student, cast.classmate))
    mine.result.record = {"entry": "main.py"}
    mine.result.save()
    rules = set_rules(cast.competition, "Be fair.", actor=cast.instructor)
    for user in (cast.student, cast.classmate):
        accept_rules(rules, user=user)
    run = PlagiarismRun.objects.create(competition=cast.competition, started_by=cast.assistant)
    pair = SimilarPair.objects.create(run=run, a=mine, b=theirs, similarity=0.9)
    case = Case.objects.create(competition=cast.competition, opened_by=cast.instructor)
    CaseParty.objects.create(case=case, user=cast.student)
    quiz = import_report(
        cast.course,
        lecture="1",
        name="q.csv",
        data=b"Rank,Player,Score\n1,Nobody,9\n2,No one,8\n",
        actor=cast.assistant,
    )
    marks = {(cast.student_enrolment.pk, "exam"): Decimal(7)}
    table = b"Name,E-mail,Exam\nThe student,student@test.example,9\n"
    roster = b"Name,E-mail,Group\nThe newcomer,new@test.example,141\n"
    imported = keep_upload(cast.course, examination="first", name="m.csv", data=table, actor=cast.assistant)
    regrade = regrading.start(cast.competition, submissions=[mine], reason="r", actor=cast.instructor, scores_only=True)
    return SimpleNamespace(
        cast=cast,
        pks={
            "tokens": issue(cast.student, name="t", at=timezone.now())[0].pk,
            "rosters": keep_roster(cast.course, name="r.csv", data=roster, actor=cast.instructor).pk,
            "submissions": mine.pk,
            "discussion": ask(cast.competition, "When?", author=cast.student).pk,
            "quizzes": quiz.pk,
            "players": quiz.players.first().pk,
            "pairs": pair.pk,
            "runs": run.pk,
            "cases": case.pk,
            "staff": cast.assistant_enrolment.pk,
            "changes": enter_marks(cast.course, marks, actor=cast.assistant, examination="first", reason="").pk,
            "imports": imported.pk,
            "publications": publish(
                cast.course, examination="first", actor=cast.instructor, reason="r", despite=True
            ).pk,
            "marks": cast.student_enrolment.pk,
            "presentations": cast.student_enrolment.pk,
            "attempt": mine.result.pk,
            "labs": Lab.objects.create(course=cast.course, title="Lab 1").pk,
            "regrades": regrade.pk,
        },
    )


def address(world: SimpleNamespace, route: str) -> str:
    """The route with the things of `world` in it."""
    parts = route.split("/")
    for at, part in enumerate(parts):
        if part in {"<int:pk>", "<pk>"}:
            parts[at] = str(world.pks[parts[at - 1]])
        elif part in {"<slug:slug>", "<slug>"}:
            parts[at] = SLUGS[parts[at - 1]]
        elif part in {"<str:name>", "<name>", "<path:name>"}:
            parts[at] = "p.csv" if "submissions" in parts else "test.csv"
        elif part == "<str:act>":
            parts[at] = "hold" if parts[0] == "desk" else "cancel"
        elif part in NAMES:
            parts[at] = NAMES[part]
    return "/" + "/".join(parts)


SLUGS = {"competitions": "letters", "courses": "ml", "models": "naive-bayes"}
NAMES = {"<slug:format>": "csv", "<str:kind>": "attempt", "<uidb64>": "MQ", "<token>": "a-b"}


def statuses(client, world, route, data=None, *, token=False):
    """What each of PEOPLE gets; whatever a request changed is taken back."""
    from arena.accounts.tokens import issue

    found = []
    for name in PEOPLE:
        user = getattr(world.cast, name, None)
        client.logout()
        headers = {}
        if user is not None and token:
            headers = {"Authorization": f"Bearer {issue(user, name='t', at=timezone.now())[1]}"}
        elif user is not None:
            client.force_login(user)
        with transaction.atomic():
            where = address(world, route)
            response = (
                client.get(where, headers=headers)
                if data is None
                else client.post(where, {"sent": "1", **data}, headers=headers)
            )
            if response.streaming:  # closing the whole response would close the test's database connection too
                for close in response._resource_closers:
                    close()
            transaction.set_rollback(True)
        found.append(str(response.status_code))
    return " ".join(found)


def test_a_page_is_opened_by_nobody_but_the_people_of_its_line(client, world):
    expected = {route: line for route, line in PAGES.items() if route not in API}
    assert {route: statuses(client, world, route) for route in expected} == expected


def test_an_act_is_done_by_nobody_but_the_people_of_its_line(client, world):
    enrolment = str(world.cast.student_enrolment.pk)
    sent = {
        route: {name: enrolment if value == "STUDENT" else value for name, value in data.items()}
        for route, (data, _) in ACTS.items()
    }
    found = {route: statuses(client, world, route, data) for route, data in sent.items()}
    assert found == {route: line for route, (_, line) in ACTS.items()}


def test_a_token_opens_what_its_owner_may_see(client, world):
    assert {route: statuses(client, world, route, token=True) for route in API} == API
    found = {route: statuses(client, world, route, ACTS[route][0], token=True) for route in API_ACTS}
    assert found == API_ACTS


def test_a_session_opens_nothing_of_the_api(client, world):
    nothing = " ".join(["401"] * len(PEOPLE))
    assert {route: statuses(client, world, route) for route in API} == dict.fromkeys(API, nothing)


def test_the_admin_s_pages_are_for_admins(client, world):
    for route in ("admin/", "admin/accounts/user/", "admin/submissions/attempt/", "admin/audit/event/"):
        assert statuses(client, world, route) == "302 302 302 302 302 302 302 200", route
