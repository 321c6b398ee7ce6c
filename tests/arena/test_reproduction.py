"""Reproduce or void: final predictions beside what their code writes when it runs again."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from arena.audit.models import Event
from arena.integrity.selectors import newest_code
from arena.leaderboards import reproducing
from arena.leaderboards.models import BoardRow, Reproduction
from arena.submissions.explaining import attach_code
from arena.submissions.intake import Refused, quota_left
from arena.submissions.judging import judge
from arena.submissions.models import Submission, Type, Use
from arena.submissions.moderation import withdraw


def program(*labels: str) -> bytes:
    """A program that predicts these labels for 01, 02, ..."""
    lines = "".join(f"{i:02},{label}\\n" for i, label in enumerate(labels, start=1))
    return f'open("submission.csv", "w").write("id,label\\n{lines}")\n'.encode()


PERFECT, HALF = program(*"ababab"), program(*"aaaaaa")


@pytest.fixture
def asked(cast):
    """The competition asks for code, and tolerates a quarter of the score."""
    cast.competition.must_reproduce = True
    cast.competition.reproduction_tolerance = 0.25
    cast.competition.save()
    return cast.competition


@pytest.fixture
def check(cast, bell, django_capture_on_commit_callbacks):
    """Pass the deadline, start the check, and run what it queued; `(verdict, agreement, difference)` per student."""

    def do(runs=1):
        later = cast.competition.deadline + timedelta(seconds=1)
        bell.clear()
        with django_capture_on_commit_callbacks(execute=True):
            reproducing.start(cast.competition, at=later, actor=cast.instructor, runs=runs)
        for attempt in list(bell):
            judge(attempt)
        rows = [check.best for check in reproducing.newest(cast.competition).values()]
        return {row.submission.user: (row.verdict, row.agreement, row.difference) for row in rows}

    return do


def explain(submission, source, **more):
    return attach_code(submission, at=timezone.now(), files={"main.py": source}, **more)


def test_each_verdict(cast, asked, files, hand_in, check):
    explain(hand_in(cast.student, {"p.csv": files.perfect}), PERFECT)
    # one private row of four is another: the scores are 0.75 and 0.5
    explain(hand_in(cast.classmate, {"p.csv": b"id,label\n01,a\n02,a\n03,a\n04,b\n05,a\n06,a\n"}), HALF)
    assert check() == {cast.student: ("reproduced", 1.0, 0.0), cast.classmate: ("tolerated", 5 / 6, 0.25)}
    asked.reproduction_tolerance = 0.2
    asked.save()
    assert check()[cast.classmate] == ("differs", 5 / 6, 0.25)


def test_without_code_or_with_code_that_breaks_it_failed(cast, asked, files, hand_in, check):
    hand_in(cast.student, {"p.csv": files.perfect})
    explain(hand_in(cast.classmate, {"p.csv": files.half}), b"raise ValueError('no')\n")
    assert check() == {cast.student: ("failed", None, None), cast.classmate: ("failed", None, None)}
    assert Reproduction.objects.get(submission__user=cast.student).attempt is None
    assert Reproduction.objects.get(submission__user=cast.classmate).attempt.verdict == "runtime_error"


def test_a_check_changes_no_result_and_counts_nowhere(cast, asked, files, hand_in, check):
    final = hand_in(cast.student, {"p.csv": files.half})
    code = hand_in(cast.student, {"main.py": HALF}, judged=False)
    attach_code(final, at=timezone.now(), code=code)
    before = list(BoardRow.objects.values())
    check()
    assert list(BoardRow.objects.values()) == before
    assert Submission.objects.get(pk=code.pk).status == "queued"
    assert [a.purpose for a in code.attempts.all()] == ["live", "shadow"]
    assert Event.objects.get(action="reproduction.started").details["submissions"] == [final.pk]


def test_only_final_predictions_of_ranked_participants_are_checked(cast, asked, files, hand_in, check):
    hand_in(cast.student, {"p.csv": files.half})
    best = hand_in(cast.student, {"p.csv": files.perfect})
    hand_in(cast.assistant, {"p.csv": files.perfect})
    check()
    assert [row.submission for row in Reproduction.objects.all()] == [best]


def test_no_check_starts_early_unasked_twice_at_once_or_for_nothing(cast, asked, files, hand_in):
    later = asked.deadline + timedelta(seconds=1)
    with pytest.raises(reproducing.NotNow, match="no final predictions"):
        reproducing.start(asked, at=later, actor=cast.instructor)
    explain(hand_in(cast.student, {"p.csv": files.half}), HALF)
    with pytest.raises(reproducing.NotNow, match="Wait for the deadline"):
        reproducing.start(asked, at=asked.deadline, actor=cast.instructor)
    assert reproducing.start(asked, at=later, actor=cast.instructor) == 1
    with pytest.raises(reproducing.NotNow, match="is running"):
        reproducing.start(asked, at=later, actor=cast.instructor)
    asked.must_reproduce = False
    asked.save()
    with pytest.raises(reproducing.NotNow, match="does not ask"):
        reproducing.start(asked, at=later, actor=cast.instructor)


def test_a_check_whose_end_nobody_heard_is_settled_by_the_sweeper(cast, asked, files, hand_in, check):
    explain(hand_in(cast.student, {"p.csv": files.perfect}), PERFECT)
    check()
    Reproduction.objects.update(verdict="waiting", agreement=None)
    reproducing.settle()
    assert Reproduction.objects.get().verdict == "reproduced"


def test_added_code_uses_no_quota_has_no_row_and_is_replaced(cast, asked, files, hand_in):
    final = hand_in(cast.student, {"p.csv": files.half})
    first = explain(final, HALF)
    second = explain(final, PERFECT)
    assert [s.pk for s in Submission.objects.filter(use=Use.SOURCE)] == [second.pk] != [first.pk]
    assert Submission.objects.get(pk=final.pk).code == second
    assert quota_left(cast.student, asked, at=timezone.now()) == 2
    assert BoardRow.objects.get(user=cast.student).n_submissions == 1


def test_code_is_added_before_the_deadline_by_whom_it_belongs_to(cast, asked, files, hand_in):
    final = hand_in(cast.student, {"p.csv": files.half})
    theirs = hand_in(cast.classmate, {"main.py": HALF}, judged=False)
    for given in ({"code": theirs}, {"code": final}, {}, {"files": {"p.csv": files.half}}):
        with pytest.raises(Refused) as refusal:
            attach_code(final, at=timezone.now(), **given)
        assert refusal.value.code == "not_code"
    with pytest.raises(Refused) as refusal:
        attach_code(final, at=asked.deadline + timedelta(seconds=1), files={"main.py": HALF})
    assert refusal.value.code == "closed"
    assert not Submission.objects.filter(use=Use.SOURCE).exists()


def test_numbers_agree_to_six_digits_and_labels_by_name():
    one = SimpleNamespace(codes={}, values={"y": [1.0, 2.0, 1e-15], "z": ["a", "b", "c"]})
    two = SimpleNamespace(codes={}, values={"y": [1.0000000001, 2.001, 0.0], "z": ["a", "b", "C"]})
    assert reproducing.equal_rows(one, two).tolist() == [True, False, False]


def test_pages_and_who_may_use_them(client, cast, asked, files, hand_in):
    final = hand_in(cast.student, {"p.csv": files.half})
    add = reverse("explain_predictions", args=[final.pk])
    for user in (cast.classmate, cast.instructor, cast.outsider):
        client.force_login(user)
        assert client.post(add, {"files": SimpleUploadedFile("main.py", HALF)}).status_code == 404
    client.force_login(cast.student)
    assert "No code yet" in client.get(reverse("submission", args=[final.pk])).content.decode()
    client.post(add, {"files": SimpleUploadedFile("main.py", HALF)})
    code = Submission.objects.get(use=Use.SOURCE)
    assert (code.type, code.user) == (Type.CODE, cast.student)
    assert client.get(reverse("submission", args=[code.pk])).status_code == 200
    asked.deadline = timezone.now() - timedelta(seconds=9)
    asked.save()
    page = reverse("reproductions", args=["letters"])
    for user in (cast.student, cast.outsider):
        client.force_login(user)
        assert client.get(page).status_code == client.post(page).status_code == 404
    client.force_login(cast.student)
    assert "Reproduced" not in client.get("/competitions/letters/leaderboard/").content.decode()
    client.force_login(cast.assistant)
    assert client.get(page).status_code == 200
    assert client.post(page).status_code == 404
    client.force_login(cast.instructor)
    client.post(page)
    assert "being checked" in client.get(page).content.decode()
    assert "being checked" in client.get("/competitions/letters/leaderboard/").content.decode()


def test_added_code_is_compared_for_similarity_and_withdrawn_code_is_not(cast, asked, files, hand_in):
    final = hand_in(cast.student, {"p.csv": files.half})
    code = explain(final, HALF)
    theirs = hand_in(cast.classmate, {"main.py": HALF}, judged=False)
    assert {s.pk for s in newest_code(asked)} == {code.pk, theirs.pk}
    withdraw(theirs, at=timezone.now())
    assert {s.pk for s in newest_code(asked)} == {code.pk}


def test_code_left_to_chance_is_reproduced_by_any_of_its_seeds(client, cast, asked, files, hand_in, check):
    lucky = f"import os\nif os.environ['ARENA_SEED'] == '1':\n    {PERFECT.decode()}else:\n    {HALF.decode()}"
    explain(hand_in(cast.student, {"p.csv": files.perfect}), lucky.encode())
    assert check()[cast.student] == ("differs", 0.5, 0.5)
    assert check(runs=2)[cast.student] == ("reproduced", 1.0, 0.0)
    (checked,) = reproducing.newest(asked).values()
    assert [run.verdict for run in checked.runs] == ["differs", "reproduced"]
    assert checked.n_good == 1
    client.force_login(cast.instructor)
    assert "1 of 2 runs" in client.get(reverse("reproductions", args=["letters"])).content.decode()


@pytest.mark.parametrize("runs", [0, 10])
def test_no_runs_and_too_many_are_refused(cast, asked, runs):
    later = asked.deadline + timedelta(seconds=1)
    with pytest.raises(reproducing.NotNow, match="1 to 9"):
        reproducing.start(asked, at=later, actor=cast.instructor, runs=runs)
