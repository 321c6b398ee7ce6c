"""A metric of the instructor's own: taken as text, tried in the sandbox, versioned, copied, proposed in a regrade."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from arena.authoring import own_metrics, packages, services
from arena.competitions.models import CheckState, Competition
from arena.competitions.services import add_public_file
from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import board
from arena.regrading.forms import ProposalForm
from arena.submissions import bells
from arena.submissions.models import Attempt
from grader.own_metric import metric_name
from grader.predictions import Solution, read_solution

# the share of wrong labels: lower is better; a student who predicts z alone is told why not
PROGRAM = b"""
class ParticipantVisibleError(Exception):
    pass

def score(solution, submission, row_id_column_name):
    if (submission["label"] == "z").all():
        raise ParticipantVisibleError("Not z alone.")
    if (submission["label"] == "x").all():
        raise ValueError("label of 01 is " + solution["label"].iloc[0])
    return float((solution["label"] != submission["label"]).mean())
"""
NAME = metric_name(PROGRAM, direction="lower")
SAMPLE = b"id,label\n01,a\n02,a\n03,a\n04,a\n05,a\n06,a\n"


@pytest.fixture
def checks(cast, monkeypatch):
    """Checks that the broker was told of; nothing is run."""
    told: list[int] = []
    ring = bells.tell

    def tell(task, pk, **more):
        return told.append(pk) or True if task == own_metrics.CHECK else ring(task, pk, **more)

    monkeypatch.setattr(bells, "tell", tell)
    add_public_file(cast.competition, name="sample_submission.csv", data=SAMPLE)
    return told


@pytest.fixture
def taken(cast, checks, django_capture_on_commit_callbacks):
    """Uploaded by the instructor and checked as the worker does."""
    with django_capture_on_commit_callbacks(execute=True):
        program = own_metrics.take(cast.competition, data=PROGRAM, direction="lower", actor=cast.instructor)
    own_metrics.check(checks[-1])
    program.refresh_from_db()
    cast.competition.refresh_from_db()
    return program


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"def score(a, b, c):\n    return (\n", "Line 2: The metric is no valid Python"),
        (b"x = 1\n", "needs a function score"),
        (b"\xff\xfe\x00", "no UTF-8 text"),
        (b"#" * 100_001, "larger than 100 kB"),
    ],
)
def test_a_file_that_is_no_metric_is_refused_with_its_line(client, cast, checks, data, said):
    client.force_login(cast.instructor)
    fields = {"program": SimpleUploadedFile("m.py", data), "direction": "lower"}
    answer = client.post(reverse("edit_metric", args=["letters"]), fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert checks == []


def test_the_site_stores_the_program_and_leaves_running_it_to_the_worker(
    client, cast, checks, django_capture_on_commit_callbacks
):
    client.force_login(cast.instructor)
    fields = {"program": SimpleUploadedFile("m.py", PROGRAM), "direction": "lower"}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("edit_metric", args=["letters"]), fields).status_code == 302
    program = cast.competition.programs.get()
    assert (program.name, program.state, checks) == (NAME, CheckState.CHECKING, [program.pk])
    cast.competition.refresh_from_db()
    assert cast.competition.metric == "accuracy"
    client.force_login(cast.assistant)
    assert "being checked" in client.get(reverse("edit_metric", args=["letters"])).content.decode()


@pytest.mark.sandbox
def test_a_program_that_passed_on_the_sample_judges_what_is_handed_in(taken, cast, files, hand_in):
    assert (taken.state, taken.public_score, taken.private_score) == (CheckState.GOOD, 0.5, 0.5)
    assert cast.competition.metric == NAME
    good = hand_in(cast.student, {"p.csv": files.perfect})
    half = hand_in(cast.classmate, {"p.csv": files.half})
    assert (good.verdict, good.public_score, half.private_score) == ("ok", 0.0, 0.5)
    assert good.result.metric == NAME
    ranks = [(s.row.user_id, s.rank) for s in board(cast.competition, private=True)]
    assert ranks == [(cast.student.pk, 1), (cast.classmate.pk, 2)]


@pytest.mark.sandbox
def test_the_program_may_refuse_predictions_but_its_own_errors_are_ours_and_stay_with_the_staff(
    client, taken, cast, hand_in
):
    refused = hand_in(cast.student, {"p.csv": SAMPLE.replace(b",a", b",z")})
    assert (refused.verdict, refused.message) == ("invalid_predictions", "Not z alone.")
    failed = hand_in(cast.student, {"p.csv": SAMPLE.replace(b",a", b",x")})
    assert (failed.status, failed.verdict, failed.counts_for_quota) == ("finished", "sandbox_fault", False)
    assert Attempt.objects.get(submission=failed).faults == 0
    client.force_login(cast.student)
    page = client.get(reverse("submission", args=[failed.pk])).content.decode()
    assert "label of 01" not in page
    assert "does not count against your limit" in page
    client.force_login(cast.assistant)
    page = client.get(reverse("edit_metric", args=["letters"])).content.decode()
    assert "Line 9:" in page
    assert "label of 01 is a" in page


@pytest.mark.sandbox
def test_a_program_that_fails_on_the_sample_changes_nothing(cast, checks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        broken = b"def score(a, b, c):\n    return a.nonsense\n"
        program = own_metrics.take(cast.competition, data=broken, direction="higher", actor=cast.instructor)
    own_metrics.check(program.pk)
    program.refresh_from_db()
    assert (program.state, program.line, program.code) == (CheckState.FAILED, 2, "stopped")
    assert "nonsense" in program.log
    cast.competition.refresh_from_db()
    assert cast.competition.metric == "accuracy"


@pytest.mark.sandbox
def test_once_students_have_results_a_new_program_waits_for_a_regrade(
    cast, files, hand_in, checks, django_capture_on_commit_callbacks
):
    hand_in(cast.student, {"p.csv": files.half})
    with django_capture_on_commit_callbacks(execute=True):
        own_metrics.take(cast.competition, data=PROGRAM, direction="lower", actor=cast.instructor)
    own_metrics.check(checks[-1])
    cast.competition.refresh_from_db()
    assert cast.competition.metric == "accuracy"
    assert BoardRow.objects.get().private_score == 0.5
    proposed = [name for name, _ in ProposalForm(cast.competition).fields["metric"].choices]
    assert proposed[1] == NAME


@pytest.mark.sandbox
def test_a_regrade_brings_the_program_in_with_every_score_at_once(
    taken, cast, files, hand_in, django_capture_on_commit_callbacks
):
    from arena.regrading import services as regrading
    from arena.submissions.batches import judge_batch

    Competition.objects.update(metric="accuracy")
    cast.competition.refresh_from_db()
    mine = hand_in(cast.student, {"p.csv": files.half})
    worse = hand_in(cast.classmate, {"p.csv": SAMPLE.replace(b",a", b",b")})
    assert (mine.public_score, worse.public_score) == (0.5, 0.5)
    with django_capture_on_commit_callbacks(execute=True):
        regrade = regrading.start(
            cast.competition, submissions=[mine, worse], reason="r", actor=cast.instructor, scores_only=True,
            changes={"metric": NAME},
        )  # fmt: skip
    judge_batch(list(Attempt.objects.filter(purpose="shadow").values_list("pk", flat=True)))
    regrade.refresh_from_db()
    regrading.apply(regrade, actor=cast.instructor)
    cast.competition.refresh_from_db()
    mine.refresh_from_db()
    assert (cast.competition.metric, mine.result.metric, mine.public_score) == (NAME, NAME, 0.5)


@pytest.mark.sandbox
def test_the_program_goes_with_copies_exports_and_imports(
    taken, cast, checks, bell, django_capture_on_commit_callbacks
):
    now = timezone.now()
    copy = services.duplicate(
        cast.competition,
        course=cast.course,
        slug="again",
        opens_at=now,
        deadline=now + timedelta(days=1),
        actor=cast.instructor,
    )
    assert (copy.metric, copy.programs.get().text) == (NAME, PROGRAM.decode())
    data = packages.export(cast.competition)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.read("metric.py") == PROGRAM
        settings = archive.read("competition.toml").decode()
        assert 'metric = "own_metric@lower"' in settings
    Competition.objects.filter(pk=cast.competition.pk).update(slug="elsewhere")
    with django_capture_on_commit_callbacks(execute=True):
        loaded = packages.load(data, course=cast.course, actor=cast.instructor)
    assert (loaded.metric, loaded.programs.get().state) == (NAME, CheckState.CHECKING)
    assert "The program has not passed" in " ".join(c.detail for c in services.data_checks(loaded))
    own_metrics.check(checks[-1])
    assert all(check.is_met for check in services.data_checks(loaded))


def test_the_name_of_a_program_can_be_typed_only_where_the_program_is(client, cast):
    client.force_login(cast.instructor)
    answer = client.post(reverse("edit_basics", args=["letters"]), {"metric": NAME})
    assert "Upload the program in the step" in answer.content.decode()


def test_predictions_for_a_program_are_read_as_what_the_truth_is(tmp_path):
    from grader.scoring import read_for_metric
    from grader.suitability import check_solution

    (tmp_path / "s.csv").write_text("id,x,name,Usage\n1,0.5,ana,Private\n")
    (tmp_path / "p.csv").write_text("id,x,name\n1,7,whatever\n")
    solution: Solution = read_solution(tmp_path / "s.csv")
    check_solution(solution, metric=NAME)
    read = read_for_metric(tmp_path / "p.csv", solution=solution, metric=NAME)
    assert [list(read.columns[name]) for name in ("x", "name")] == [[7.0], ["whatever"]]


def test_a_check_whose_bell_was_lost_is_asked_for_again_after_five_minutes(cast, checks, monkeypatch):
    program = own_metrics.take(cast.competition, data=PROGRAM, direction="lower", actor=cast.instructor)
    now = timezone.now()
    own_metrics.ask_again(at=now)
    own_metrics.ask_again(at=now + timedelta(minutes=4))
    assert checks == [program.pk]
    own_metrics.ask_again(at=timezone.now() + timedelta(minutes=5, seconds=1))
    assert checks == [program.pk, program.pk]
    own_metrics.check(program.pk)
    own_metrics.ask_again(at=now + timedelta(days=1))
    assert checks == [program.pk, program.pk]
