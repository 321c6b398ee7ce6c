"""The similarity check on the pages: who is compared, what is shown side by side, and what people decide."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from arena.audit.models import Event
from arena.integrity.models import PlagiarismRun, SimilarPair
from arena.integrity.services import run_check, start
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db
INDEX = "/competitions/letters/plagiarism/"
ORIGINAL = b"""import csv

def distance(first, second):
    total = 0
    for left, right in zip(first, second):
        total += (left - right) ** 2
    return total ** 0.5

def nearest(point, known, answers):
    best, found = None, None
    for row, answer in zip(known, answers):
        far = distance(point, row)
        if best is None or far < best:
            best, found = far, answer
    return found
"""
COPY = b"# <b>mine</b>\n" + ORIGINAL.replace(b"distance", b"dist").replace(b"point", b"p").replace(b"best", b"minim")
OTHER = b"from math import log\n\nprint({c: log(1 + ord(c)) for c in 'letters' if c not in set('xyz')})\n"


@pytest.fixture
def checked(cast: SimpleNamespace, hand_in: object, client: Client) -> PlagiarismRun:
    """A finished run over the student's program and the classmate's copy; the instructor is signed in."""
    hand_in(cast.student, {"main.py": ORIGINAL}, judged=False)
    hand_in(cast.classmate, {"own.py": COPY}, judged=False)
    return run(cast, client)


def run(cast: SimpleNamespace, client: Client) -> PlagiarismRun:
    client.force_login(cast.instructor)
    made = start(cast.competition, actor=cast.instructor)
    run_check(made.pk)
    return PlagiarismRun.objects.get(pk=made.pk)


def test_a_renamed_copy_is_found_and_shown_with_the_same_colours(client, cast, checked):
    pair = checked.pairs.get()
    assert (checked.status, checked.n_submissions) == ("finished", 2)
    assert pair.similarity > 0.5
    index = client.get(INDEX).content.decode()
    assert f"/plagiarism/pairs/{pair.pk}/" in index
    page = client.get(f"/plagiarism/pairs/{pair.pk}/").content.decode()
    assert page.count("<section") >= 2 and page.count('class="r1"') >= 12
    assert "&lt;b&gt;mine&lt;/b&gt;" in page and "<b>mine</b>" not in page


def test_only_everybodys_newest_code_is_compared(client, cast, hand_in):
    hand_in(cast.student, {"main.py": ORIGINAL}, judged=False)
    hand_in(cast.student, {"main.py": COPY}, judged=False)
    assert (run(cast, client).n_submissions, SimilarPair.objects.count()) == (1, 0)
    hand_in(cast.classmate, {"main.py": ORIGINAL}, judged=False)
    hand_in(cast.student, {"main.py": OTHER}, judged=False)
    newest = run(cast, client)
    assert newest.n_submissions == 2
    assert not newest.pairs.filter(similarity__gte=0.5).exists()


def test_a_decision_is_recorded_and_a_later_run_keeps_it(client, cast, checked):
    pair = checked.pairs.get()
    client.post(f"/plagiarism/pairs/{pair.pk}/", {"decision": "dismissed", "note": "Both used the lab's code."})
    later = run(cast, client).pairs.get()
    assert later.pk != pair.pk
    assert (later.decision, later.note, later.decided_by) == ("dismissed", "Both used the lab's code.", cast.instructor)
    assert Event.objects.get(action="plagiarism.decided").actor == cast.instructor


def test_a_decision_about_older_code_does_not_cover_newer_code(client, cast, checked, hand_in):
    pair = checked.pairs.get()
    client.post(f"/plagiarism/pairs/{pair.pk}/", {"decision": "dismissed", "note": ""})
    hand_in(cast.classmate, {"own.py": COPY + b"\nprint(1)\n"}, judged=False)
    assert run(cast, client).pairs.get().decision == "open"


def test_a_decision_that_does_not_exist_changes_nothing(client, checked):
    pair = checked.pairs.get()
    client.post(f"/plagiarism/pairs/{pair.pk}/", {"decision": "expelled"})
    pair.refresh_from_db()
    assert (pair.decision, pair.decided_by) == ("open", None)


def test_a_delivered_twice_run_compares_once(checked):
    run_check(checked.pk)
    assert SimilarPair.objects.count() == 1


def test_a_fault_of_the_comparison_is_shown_and_not_hidden(client, cast, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no shares")

    monkeypatch.setattr("arena.integrity.services.compare_prints", broken)
    with pytest.raises(ZeroDivisionError):
        run(cast, client)
    assert "ZeroDivisionError: no shares" in client.get(INDEX).content.decode()


def test_baselines_and_staff_are_not_compared(client, cast, hand_in):
    hand_in(cast.student, {"main.py": ORIGINAL}, judged=False)
    hand_in(cast.instructor, {"knn.py": ORIGINAL}, judged=False, is_baseline=True)
    hand_in(cast.assistant, {"try.py": ORIGINAL}, judged=False)
    assert Submission.objects.count() == 3
    assert (run(cast, client).n_submissions, SimilarPair.objects.count()) == (1, 0)


def test_students_see_no_pair_and_start_no_run(client, cast, checked):
    pair = checked.pairs.get()
    for user in (cast.student, cast.classmate, cast.outsider):
        client.force_login(user)
        assert client.get(f"/plagiarism/pairs/{pair.pk}/").status_code == 404
        assert client.post(f"/plagiarism/pairs/{pair.pk}/", {"decision": "confirmed"}).status_code == 404
        assert client.post(INDEX).status_code == 404
    pair.refresh_from_db()
    assert (pair.decision, PlagiarismRun.objects.count()) == ("open", 1)
