"""Cases: frozen evidence, hidden names, withheld marks, answers, decisions and appeals, and who may see what."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from arena.audit.models import Event
from arena.competitions.models import Competition
from arena.gradebook.selectors import mark_sheets
from arena.integrity.cases import CaseClosed, answer, appeal, decide, digest
from arena.integrity.models import Case, PlagiarismRun, SimilarPair, StoredFingerprint
from arena.integrity.selectors import case_outcomes, withheld
from arena.integrity.services import run_check, start, start_after_deadlines
from arena.notifications.models import Notification
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db
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
COPY = b"# mine\n" + ORIGINAL.replace(b"distance", b"dist").replace(b"best", b"minim")


@pytest.fixture
def pair(cast: SimpleNamespace, hand_in: object) -> SimilarPair:
    hand_in(cast.student, {"main.py": ORIGINAL}, judged=False)
    hand_in(cast.classmate, {"own.py": COPY}, judged=False)
    run_check(start(cast.competition, actor=cast.instructor).pk)
    return SimilarPair.objects.get()


@pytest.fixture
def case(cast: SimpleNamespace, pair: SimilarPair, client: Client) -> Case:
    client.force_login(cast.instructor)
    client.post(f"/plagiarism/pairs/{pair.pk}/", {"action": "open_case"})
    return Case.objects.get()


def test_names_are_hidden_until_somebody_reveals_them_which_is_recorded(client, cast, pair):
    client.force_login(cast.assistant)
    address = f"/plagiarism/pairs/{pair.pk}/"
    for page in (address, "/competitions/letters/plagiarism/"):
        assert "The student" not in client.get(page).content.decode()
    client.post(address, {"action": "reveal"})
    assert "The student" in client.get(address).content.decode()
    event = Event.objects.get(action="plagiarism.revealed")
    assert (event.actor, event.target) == (cast.assistant, f"integrity.similarpair:{pair.pk}")


def test_the_export_is_one_file_without_names_scripts_or_links_elsewhere(client, cast, pair):
    client.force_login(cast.instructor)
    response = client.get(f"/plagiarism/pairs/{pair.pk}/export/")
    page = response.content.decode()
    assert "attachment" in response["Content-Disposition"]
    assert "The student" not in page and "<script" not in page and "http" not in page
    assert "<code>best</code> → <code>minim</code>" in page


def test_opening_a_case_tells_both_and_withholds_their_marks(cast, case):
    assert withheld(cast.course) == {cast.student.pk, cast.classmate.pk}
    told = Notification.objects.filter(code="case_opened").values_list("user_id", flat=True)
    assert set(told) == {cast.student.pk, cast.classmate.pk}


def test_frozen_evidence_outlives_the_run_and_shows_that_it_is_unchanged(client, cast, case, pair):
    evidence = case.evidence.get()
    assert evidence.sha256 == digest(evidence.document)
    assert evidence.document["sides"][0]["files"][0]["text"] == ORIGINAL.decode()
    PlagiarismRun.objects.all().delete()
    client.force_login(cast.instructor)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert evidence.sha256 in page and "unchanged" in page
    evidence.document["similarity"] = 0.1
    evidence.save()
    assert "does not match its hash" in client.get(f"/cases/{case.pk}/").content.decode()


def test_a_student_sees_his_own_part_and_nobody_elses(client, cast, case):
    client.force_login(cast.student)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "import csv" in page and "The classmate" not in page and "dist(" not in page and "Notes" not in page
    client.force_login(cast.outsider)
    assert client.get(f"/cases/{case.pk}/").status_code == 404


def test_from_answer_to_penalty_to_appeal_to_warning(client, cast, case):
    address = f"/cases/{case.pk}/"
    client.force_login(cast.student)
    client.post(address, {"action": "answer", "text": "We sat side by side."})
    client.force_login(cast.instructor)
    assert "We sat side by side." in client.get(address).content.decode()
    parties = {party.user: party for party in case.parties.all()}
    for user, outcome in ((cast.student, "penalty"), (cast.classmate, "dismissed")):
        client.post(
            address, {"action": "decide", "party": parties[user].pk, "outcome": outcome, "text": "See region 1."}
        )
    case.refresh_from_db()
    assert (case.status, withheld(cast.course)) == ("decided", set())
    assert case_outcomes(cast.competition) == {cast.student.pk: "penalty", cast.classmate.pk: "dismissed"}
    client.force_login(cast.student)
    client.post(address, {"action": "appeal", "text": "I wrote it first."})
    assert withheld(cast.course) == {cast.student.pk, cast.classmate.pk}
    client.force_login(cast.instructor)
    client.post(
        address, {"action": "decide", "party": parties[cast.student].pk, "outcome": "warning", "text": "So be it."}
    )
    case.refresh_from_db()
    assert (case.status, withheld(cast.course)) == ("closed", set())
    assert case_outcomes(cast.competition)[cast.student.pk] == "warning"
    actions = list(Event.objects.filter(action__startswith="case.").order_by("pk").values_list("action", flat=True))
    assert actions == [
        "case.opened", "case.answered", "case.decided", "case.decided", "case.appealed", "case.decided",
    ]  # fmt: skip


def rules_for(user: object, cast: SimpleNamespace) -> list[str]:
    """The rules in the trace of a student's mark."""
    sheet = next(s for enrolment, s in mark_sheets(cast.course) if enrolment.user == user)
    return [line.rule for line in sheet.trace]


def test_a_penalty_makes_the_project_invalid_in_the_mark_scheme(cast, case, hand_in, files):
    hand_in(cast.student, {"submission.csv": files.perfect})
    party = case.parties.get(user=cast.student)
    assert "plagiarism_open" in rules_for(cast.student, cast)
    decide(party, outcome="penalty", reason="Copied.", actor=cast.instructor)
    assert "plagiarism_project" in rules_for(cast.student, cast)
    sheet = next(s for enrolment, s in mark_sheets(cast.course) if enrolment.user == cast.student)
    assert sheet.project == 0


def test_assistants_note_and_only_instructors_decide(client, cast, case):
    client.force_login(cast.assistant)
    address, party = f"/cases/{case.pk}/", case.parties.first()
    client.post(address, {"action": "note", "text": "Ask them both."})
    data = {"action": "decide", "party": party.pk, "outcome": "penalty", "text": "No."}
    assert client.post(address, data).status_code == 404
    assert (case.notes.get().text, case.parties.exclude(outcome="").count()) == ("Ask them both.", 0)


def test_what_is_decided_stays_decided(cast, case):
    party = case.parties.get(user=cast.student)
    with pytest.raises(ValueError, match="reason"):
        decide(party, outcome="warning", reason=" ", actor=cast.instructor)
    decide(party, outcome="dismissed", reason="Lab code.", actor=cast.instructor)
    with pytest.raises(CaseClosed):
        decide(party, outcome="penalty", reason="After all.", actor=cast.instructor)
    with pytest.raises(CaseClosed):
        answer(party, text="too late")
    with pytest.raises(CaseClosed):
        appeal(party, text="against nothing")


def test_a_second_run_reads_no_file_again(cast, pair, hand_in, monkeypatch):
    assert StoredFingerprint.objects.count() == 2
    hand_in(cast.assistant, {"main.py": ORIGINAL}, judged=False)
    monkeypatch.setattr("arena.integrity.services.fingerprint", None)
    run_check(start(cast.competition, actor=cast.instructor).pk)
    assert PlagiarismRun.objects.first().pairs.count() == 1


def test_a_deadline_that_has_passed_starts_one_run(cast, hand_in):
    hand_in(cast.student, {"main.py": ORIGINAL}, judged=False)
    at = timezone.now()
    assert start_after_deadlines(at=at) == []
    cast.competition.deadline = at - timedelta(minutes=1)
    cast.competition.save()
    (run,) = start_after_deadlines(at=at)
    assert (run.competition, run.started_by) == (cast.competition, None)
    assert start_after_deadlines(at=at) == []


def test_predictions_and_history_are_shown_beside_the_code(client, cast, hand_in):
    first = hand_in(cast.student, {"main.py": ORIGINAL}, judged=False)
    second = hand_in(cast.classmate, {"own.py": COPY}, judged=False)
    predictions = b"id,label\n01,b\n02,b\n03,a\n04,a\n05,a\n06,b\n"
    for submission in (first, second):
        attempt = submission.attempts.get()
        attempt.predictions.save("predictions.csv", ContentFile(predictions))
        submission.result = attempt
        submission.save()
    run_check(start(cast.competition, actor=cast.instructor).pk)
    pair = SimilarPair.objects.get()
    found = pair.other_signals
    assert (found["n_items"], found["wrong"], found["same_wrong"], found["first"]) == (6, [2, 2], 2, "a")
    client.force_login(cast.instructor)
    page = client.get(f"/plagiarism/pairs/{pair.pk}/").content.decode()
    assert "The same wrong predictions: 2 of 6 rows" in page
    assert f"The author of #{first.pk} held the shared code first." in page


def test_earlier_terms_are_compared_with_but_are_no_party(client, cast, hand_in):
    hand_in(cast.classmate, {"own.py": COPY}, judged=False)
    hand_in(cast.student, {"main.py": ORIGINAL}, judged=False)
    now = cast.competition
    before = Competition.objects.get(pk=now.pk)
    before.pk, before.slug, before.deadline = None, "letters-before", now.deadline - timedelta(days=300)
    before.is_project = False
    before.save()
    Submission.objects.filter(user=cast.classmate).update(competition=before)
    client.force_login(cast.instructor)
    assert 'name="archive"' in client.get("/competitions/letters/plagiarism/").content.decode()
    client.post("/competitions/letters/plagiarism/", {"archive": before.pk})
    run_check(PlagiarismRun.objects.get().pk)
    pair = SimilarPair.objects.get()
    assert (pair.a.user, pair.b.user, pair.run.n_submissions) == (cast.student, cast.classmate, 1)
    client.post(f"/plagiarism/pairs/{pair.pk}/", {"action": "open_case"})
    assert [party.user for party in Case.objects.get().parties.all()] == [cast.student]
