"""No board ever mixes two definitions: whatever changes a metric or labels, ranked rows are of the present one alone."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from arena.authoring import services as authoring
from arena.authoring.services import save_settings
from arena.competitions.datasets import check_dataset
from arena.competitions.definition import LOCKED, Locked, current_digest, digest_of, is_comparable
from arena.competitions.models import Competition, Solution
from arena.competitions.services import set_data, set_solution
from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import baseline_score, board
from arena.leaderboards.services import rebuild
from arena.leaderboards.shown import shown_board
from arena.regrading import services as regrading
from arena.regrading.models import Regrade
from arena.submissions import judging
from arena.submissions.judging import judge
from arena.submissions.leases import claim
from arena.submissions.models import Attempt, Submission

pytestmark = pytest.mark.django_db
ALL_A = "id,label,Usage\n01,a,Public\n02,a,Public\n03,a,Private\n04,a,Private\n05,a,Private\n06,a,Private\n"


@pytest.fixture
def class_of_two(cast, files, hand_in):
    """The student has half of the labels right, the classmate all: 2nd and 1st."""
    hand_in(cast.student, {"p.csv": files.half})
    hand_in(cast.classmate, {"p.csv": files.perfect})
    return cast


def post_settings(client, cast, **changed):
    client.force_login(cast.instructor)
    page = client.get(reverse("edit_basics", args=["letters"]))
    fields = {}
    for form in (page.context["form"], page.context["limits"]):
        for name in form.fields:
            value = form[name].value()
            if value is not None and value is not False:
                fields[name] = value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "strftime") else value
    client.post(reverse("edit_basics", args=["letters"]), fields | changed)


def by_form(name, value):
    def act(client, cast, tmp_path):
        post_settings(client, cast, **{name: value})

    return act


def by_service(name, value):
    def act(client, cast, tmp_path):
        competition = Competition.objects.get(pk=cast.competition.pk)
        setattr(competition, name, value)
        with pytest.raises(Locked):
            save_settings(competition, actor=cast.instructor, changed=[name])

    return act


def upload_labels(client, cast, tmp_path):
    client.force_login(cast.instructor)
    files = {
        "solution": SimpleUploadedFile("s.csv", ALL_A.encode()),
        "public": SimpleUploadedFile("test.csv", b"id\n01\n02\n03\n04\n05\n06\n"),
    }
    page = client.post(reverse("edit_data", args=["letters"]), {"way": "files", **files})
    assert "Propose other ones in a regrade" in page.content.decode()


def set_labels_past_all_pages(client, cast, tmp_path):
    (tmp_path / "a.csv").write_text(ALL_A)
    set_solution(cast.competition, path=tmp_path / "a.csv")


def set_metric_past_all_pages(client, cast, tmp_path):
    Competition.objects.filter(pk=cast.competition.pk).update(metric="classification_error")


def set_metric_and_rebuild(client, cast, tmp_path):
    set_metric_past_all_pages(client, cast, tmp_path)
    rebuild(Competition.objects.get(pk=cast.competition.pk))


WAYS = {
    "a form: metric": by_form("metric", "classification_error"),
    "a form: id column": by_form("id_column", "key"),
    "a form: quota": by_form("daily_limit", "99"),
    **{f"the service: {name}": by_service(name, 5) for name in sorted(LOCKED)},
    "an upload of data": upload_labels,
    "labels, past all pages": set_labels_past_all_pages,
    "the metric, past all pages": set_metric_past_all_pages,
    "the metric, past all pages, and a rebuilt board": set_metric_and_rebuild,
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_changed_every_ranked_row_is_of_the_present_definition(client, class_of_two, tmp_path, way):
    before = current_digest(class_of_two.competition)
    quota = class_of_two.competition.daily_limit
    WAYS[way](client, class_of_two, tmp_path)
    competition = Competition.objects.get(pk=class_of_two.competition.pk)
    assert competition.daily_limit == quota
    now = current_digest(competition)
    ranks = {row.name: row.rank for row in board(competition, private=True)}
    if now == before:
        assert ranks == {"The student": 2, "The classmate": 1}
    else:  # somebody went past every lock: nothing is ranked until it is judged anew
        assert ranks == {"The student": None, "The classmate": None}
        assert [row.score for row in shown_board(competition, reader=class_of_two.student, at=timezone.now())] == [
            None,
            None,
        ]
        assert baseline_score(competition) is None


def start(cast, callbacks, **options):
    with callbacks(execute=True):
        return regrading.start(
            cast.competition, submissions=Submission.entries.filter(competition=cast.competition), reason="r",
            actor=cast.instructor, **options,
        )  # fmt: skip


def finish_all():
    for attempt in Attempt.objects.filter(status="queued").order_by("pk"):
        judge(attempt.pk)


def test_a_regrade_changes_metric_scores_and_order_in_one_step_and_back(
    class_of_two, django_capture_on_commit_callbacks
):
    cast = class_of_two
    old = current_digest(cast.competition)
    regrade = start(cast, django_capture_on_commit_callbacks, changes={"metric": "classification_error"})
    finish_all()
    rows = board(Competition.objects.get(), private=True)
    assert [(row.name, row.score) for row in rows] == [("The classmate", 1.0), ("The student", 0.5)]
    regrading.apply(Regrade.objects.get(pk=regrade.pk), actor=cast.instructor)
    rows = board(Competition.objects.get(), private=True)
    assert [(row.name, row.rank, row.score) for row in rows] == [("The classmate", 1, 0.0), ("The student", 2, 0.5)]
    assert {row.row.definition for row in rows} == {current_digest(Competition.objects.get())} != {old}
    regrading.roll_back(Regrade.objects.get(pk=regrade.pk), actor=cast.instructor)
    rows = board(Competition.objects.get(), private=True)
    assert [(row.name, row.rank, row.score) for row in rows] == [("The classmate", 1, 1.0), ("The student", 2, 0.5)]
    assert {row.row.definition for row in rows} == {old}


def test_who_hands_in_while_a_regrade_runs_is_judged_anew_once_it_is_applied(
    class_of_two, hand_in, files, django_capture_on_commit_callbacks
):
    cast = class_of_two
    regrade = start(cast, django_capture_on_commit_callbacks, changes={"metric": "classification_error"})
    finish_all()
    late = hand_in(cast.student, {"p.csv": files.perfect})
    assert late.private_score == 1.0
    regrading.apply(Regrade.objects.get(pk=regrade.pk), actor=cast.instructor)
    finish_all()
    late.refresh_from_db()
    assert (late.private_score, late.status) == (0.0, "finished")
    rows = {row.name: (row.rank, row.score) for row in board(Competition.objects.get(), private=True)}
    assert rows == {"The classmate": (1, 0.0), "The student": (2, 0.0)}


def test_what_is_being_judged_while_a_regrade_is_applied_is_judged_again(
    class_of_two, hand_in, files, bell, monkeypatch, django_capture_on_commit_callbacks
):
    cast = class_of_two
    regrade = start(cast, django_capture_on_commit_callbacks, changes={"metric": "classification_error"})
    finish_all()
    running = hand_in(cast.student, {"p.csv": files.perfect}, judged=False)
    evaluate = judging.evaluate

    def slowly(attempt, **options):
        done = evaluate(attempt, **options)
        if Regrade.objects.get(pk=regrade.pk).status == "ready":
            regrading.apply(Regrade.objects.get(pk=regrade.pk), actor=cast.instructor)
        return done

    monkeypatch.setattr(judging, "evaluate", slowly)
    attempt = running.attempts.get()
    assert not judge(attempt.pk)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.faults) == ("queued", 0)
    assert claim(attempt.pk, worker="w") is not None
    Attempt.objects.filter(pk=attempt.pk).update(status="queued", token=None, lease_until=None)
    judge(attempt.pk)
    running.refresh_from_db()
    assert running.private_score == 0.0


def test_a_regrade_of_some_submissions_cannot_change_the_metric_or_the_labels(class_of_two, tmp_path):
    some = Submission.entries.filter(user=class_of_two.student)
    (tmp_path / "a.csv").write_text(ALL_A)
    proposed = set_solution(class_of_two.competition, path=tmp_path / "a.csv", is_proposed=True)
    for options in ({"changes": {"metric": "macro_f1_score"}}, {"solution": proposed}):
        with pytest.raises(regrading.NotPossible, match="need every result judged anew, but 1"):
            regrading.start(class_of_two.competition, submissions=some, reason="r", actor=None, **options)
    regrading.start(class_of_two.competition, submissions=some, reason="r", actor=None)


def test_the_quota_changes_by_a_regrade_that_judges_nothing(class_of_two):
    changes = {"daily_limit": 7}
    regrade = regrading.start(
        class_of_two.competition, submissions=[], reason="r", actor=None, changes=changes, marks_only=True
    )
    regrading.apply(Regrade.objects.get(pk=regrade.pk), actor=class_of_two.instructor)
    assert Competition.objects.get().daily_limit == 7


def test_public_files_may_be_replaced_beside_the_same_labels(class_of_two, files):
    public = {"test.csv": b"id\n01\n02\n03\n04\n05\n06\n", "notes.txt": b"hello"}
    dataset = check_dataset(public, files.solution.encode(), id_column="id", metric="accuracy")
    set_data(class_of_two.competition, dataset, actor=class_of_two.instructor)
    assert Solution.objects.count() == 1
    assert class_of_two.competition.files.filter(name="notes.txt").exists()


def test_a_baseline_that_comes_later_stands_beside_the_gate_and_moves_it_not(class_of_two, files):
    cast = class_of_two
    gate = Submission.objects.create(
        competition=cast.competition, user=cast.instructor, type="code", submitted_at=timezone.now(), is_baseline=True,
        comment="weak.py", status="finished", verdict="ok", public_score=0.2, private_score=0.2,
    )  # fmt: skip
    BoardRow.objects.create(
        competition=cast.competition,
        user=cast.instructor,
        label="weak.py",
        is_baseline=True,
        private_score=0.2,
        final=gate,
    )
    authoring.add_baseline(cast.competition, actor=cast.instructor, files={"strong.py": b"print(1)\n"})
    BoardRow.objects.create(
        competition=cast.competition, user=cast.instructor, label="strong.py", is_baseline=True, private_score=0.9
    )
    assert baseline_score(Competition.objects.get(pk=cast.competition.pk)) == 0.2
    with pytest.raises(authoring.NotReady, match=r"strong\.py"):
        authoring.add_baseline(cast.competition, actor=cast.instructor, files={"strong.py": b"print(2)\n"})


def test_an_alias_and_its_metric_are_one_definition_and_a_positive_class_is_another():
    def digest(metric):
        return digest_of(metric=metric, solution_sha256="0" * 64, id_column="id")

    assert digest("f1") == digest("macro_f1_score")
    assert len({digest("auc"), digest("auc[positive=ill]"), digest("auc[positive=well]")}) == 3
    assert is_comparable("", digest("auc"))
