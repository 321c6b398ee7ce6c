"""A regrade as a pull request: proposals, pauses, crashes, spread, the difference, all or nothing, and back again."""

from __future__ import annotations

import gzip
import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from arena.audit.models import Event
from arena.competitions.models import Competition
from arena.competitions.selectors import current_solution
from arena.competitions.services import set_solution
from arena.leaderboards.models import BoardRow
from arena.notifications.models import Notification
from arena.regrading import progress as moving
from arena.regrading import services
from arena.regrading.choosing import BadChoice, Choice, choose
from arena.regrading.models import Regrade
from arena.regrading.selectors import changed_items, difference, progress, spreads
from arena.submissions.dispatch import judge_next
from arena.submissions.judging import Judgement, claim, give_back, judge, record
from arena.submissions.models import Attempt, Submission
from arena.submissions.queueing import Lane
from grader.outcome import Evaluation, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_in(cast, files, hand_in):
    """Half right by one student, perfect by the other."""
    return hand_in(cast.student, {"p.csv": files.half}), hand_in(cast.classmate, {"p.csv": files.perfect})


@pytest.fixture
def all_a(cast, files, tmp_path):
    """A proposed solution in which every label is `a`."""
    path = tmp_path / "proposed.csv"
    path.write_text(files.solution.replace(",b,", ",a,"))
    return set_solution(cast.competition, path=path, is_proposed=True)


@pytest.fixture
def begin(cast, django_capture_on_commit_callbacks):
    def do(submissions=None, **options):
        with django_capture_on_commit_callbacks(execute=True):
            return services.start(
                cast.competition,
                submissions=cast.competition.submissions.all() if submissions is None else submissions,
                reason="why",
                actor=cast.instructor,
                **options,
            )

    return do


def finish():
    while judge_next(Lane.SCORING):
        pass


def fresh(regrade):
    return Regrade.objects.get(pk=regrade.pk)


def scores():
    return list(Submission.objects.order_by("pk").values_list("private_score", flat=True))


def shadow_score(score):
    evaluation = Evaluation(
        metric="accuracy", direction="higher", public=score, private=score, overall=score, n_rows=6, interval=None
    )
    return Judgement(verdict=Verdict.OK, evaluation=evaluation)


def test_proposed_labels_judge_the_regrade_alone_until_it_is_applied(cast, files, handed_in, all_a, begin, hand_in):
    first = current_solution(cast.competition)
    regrade = begin(solution=all_a)
    finish()
    assert current_solution(cast.competition) == first
    assert scores() == [0.5, 1.0]
    assert services.apply(fresh(regrade), actor=cast.instructor) == 2
    assert current_solution(cast.competition) == all_a
    assert scores() == [1.0, 0.5]
    services.roll_back(fresh(regrade), actor=cast.instructor)
    assert current_solution(cast.competition) == first
    assert scores() == [0.5, 1.0]
    assert hand_in(cast.student, {"p.csv": files.half}).private_score == 0.5


def test_a_proposed_metric_and_limit_come_with_the_regrade_and_go_with_its_roll_back(cast, handed_in, begin):
    regrade = begin(changes={"metric": "balanced_accuracy", "wall_time_s": 5, "slug": "not changeable"})
    finish()
    assert fresh(regrade).changes == {"metric": "balanced_accuracy", "wall_time_s": 5}
    services.apply(fresh(regrade), actor=cast.instructor)
    now = Competition.objects.get()
    assert (now.metric, now.wall_time_s, now.slug) == ("balanced_accuracy", 5, "letters")
    assert set(Attempt.objects.filter(purpose="shadow").values_list("metric", flat=True)) == {"balanced_accuracy_score"}
    services.roll_back(fresh(regrade), actor=cast.instructor)
    back = Competition.objects.get()
    assert (back.metric, back.wall_time_s) == ("accuracy", 20)


def test_the_difference_counts_who_moves_and_leaves_no_trace(cast, handed_in, all_a, begin):
    regrade = begin(solution=all_a)
    finish()
    found = difference(fresh(regrade))
    assert (found.n_scores, found.n_ranks) == (2, 2)
    assert {c.user.email: (c.rank, c.private) for c in found.changes} == {
        "student@test.example": ((2, 1), (0.5, 1.0)),
        "classmate@test.example": ((1, 2), (1.0, 0.5)),
    }
    assert [found.scores[0], found.scores[-1]] == [("0.5", 1, 1), ("0.975", 1, 1)]
    assert scores() == [0.5, 1.0]
    assert sorted(BoardRow.objects.values_list("private_score", flat=True)) == [0.5, 1.0]
    assert Competition.objects.get().solutions.filter(is_proposed=True).count() == 1
    assert [item.before.private_score for item in changed_items(fresh(regrade))] == [0.5, 1.0]


def test_the_difference_is_computed_once_and_again_when_a_result_changes(cast, files, handed_in, all_a, begin, hand_in):
    regrade = begin(solution=all_a)
    finish()
    difference(fresh(regrade))
    key = fresh(regrade).diff_of
    difference(fresh(regrade))
    assert fresh(regrade).diff_of == key
    hand_in(cast.student, {"p.csv": files.half})
    difference(fresh(regrade))
    assert fresh(regrade).diff_of != key


def test_a_pause_starts_nothing_more_and_going_on_does(cast, handed_in, begin, django_capture_on_commit_callbacks):
    regrade = begin()
    services.pause(regrade, actor=cast.instructor)
    assert judge_next(Lane.SCORING) is False
    assert (fresh(regrade).status, progress(fresh(regrade)).done) == ("paused", 0)
    with pytest.raises(services.NotPossible, match="paused"):
        services.apply(regrade, actor=cast.instructor)
    with django_capture_on_commit_callbacks(execute=True):
        services.resume(fresh(regrade), actor=cast.instructor)
    finish()
    assert (fresh(regrade).status, progress(fresh(regrade)).done) == ("ready", 2)


@pytest.mark.parametrize(("act", "left"), [("pause", ("queued", True)), ("cancel", ("cancelled", False))])
def test_what_meets_a_fault_after_a_pause_or_an_end_is_not_started_again(cast, handed_in, begin, act, left):
    regrade = begin()
    shadow = regrade.items.first().shadow_id
    token = claim(shadow, worker="w")
    getattr(services, act)(fresh(regrade), actor=cast.instructor)
    give_back(shadow, token, reason="the disk is full")
    moving.move_all_on()
    attempt = Attempt.objects.get(pk=shadow)
    assert (attempt.status, attempt.is_held) == left


def test_shadows_are_made_a_window_at_a_time(cast, files, hand_in, begin, monkeypatch):
    cast.competition.daily_limit = 10
    cast.competition.save()
    for _ in range(5):
        hand_in(cast.student, {"p.csv": files.half})
    monkeypatch.setattr(moving, "WINDOW", 2)
    regrade = begin()
    assert regrade.items.exclude(shadow=None).count() == 2
    assert (progress(regrade).done, progress(regrade).total) == (0, 5)
    finish()
    assert fresh(regrade).status == "ready"
    assert regrade.items.filter(shadow__private_score=0.5).count() == 5


def test_a_regrade_goes_on_after_a_worker_died_between_a_result_and_the_next_step(cast, handed_in, begin, monkeypatch):
    regrade = begin()
    with monkeypatch.context() as patched:
        patched.setattr("arena.submissions.batches.shadow_recorded.send", lambda *_, **__: None)
        finish()
    assert fresh(regrade).status == "running"
    out = io.StringIO()
    call_command("sweep", once=True, stdout=out)
    assert fresh(regrade).status == "ready"


def test_results_that_changed_meanwhile_keep_a_regrade_from_being_applied(cast, handed_in, all_a, begin):
    first, second = begin(solution=all_a), begin()
    finish()
    services.apply(fresh(second), actor=cast.instructor)
    with pytest.raises(services.NotPossible, match="Results changed since"):
        services.apply(fresh(first), actor=cast.instructor)
    assert scores() == [0.5, 1.0]


def test_a_regrade_is_applied_wholly_or_not_at_all(cast, handed_in, all_a, begin, monkeypatch):
    regrade = begin(solution=all_a)
    finish()

    def dies(*_, **__):
        raise ConnectionError("the database went away")

    monkeypatch.setattr(services, "_tell", dies)
    with pytest.raises(ConnectionError):
        services.apply(fresh(regrade), actor=cast.instructor)
    assert (fresh(regrade).status, scores()) == ("ready", [0.5, 1.0])
    assert not current_solution(cast.competition).is_proposed
    assert not Event.objects.filter(action="regrade.applied").exists()


def test_only_the_people_affected_are_told_once_each(cast, files, handed_in, hand_in, begin, tmp_path):
    hand_in(cast.student, {"p.csv": files.half})
    hand_in(cast.student, {"p.csv": files.perfect})
    path = tmp_path / "one.csv"
    path.write_text(files.solution.replace("02,b,Public", "02,a,Public"))
    proposed = set_solution(cast.competition, path=path, is_proposed=True)
    regrade = begin(solution=proposed)
    finish()
    assert services.apply(fresh(regrade), actor=cast.instructor) == 4
    told = Notification.objects.order_by("user__email").values_list("user__email", "code")
    assert list(told) == [("classmate@test.example", "regraded"), ("student@test.example", "regraded")]
    services.roll_back(fresh(regrade), actor=cast.instructor)
    assert Notification.objects.filter(code="regrade_rolled_back").count() == 2


@pytest.mark.parametrize("is_revealed", [False, True])
def test_nobody_is_told_that_a_private_score_moved_before_the_reveal(
    cast, files, hand_in, begin, tmp_path, is_revealed
):
    hand_in(cast.student, {"p.csv": files.half})
    if is_revealed:
        passed = {"deadline": timezone.now() - timedelta(hours=1), "is_private_board_shown": True}
        Competition.objects.filter(pk=cast.competition.pk).update(**passed)
        cast.competition.refresh_from_db()
    path = tmp_path / "one.csv"
    path.write_text(files.solution.replace("04,b,Private", "04,a,Private"))
    regrade = begin(solution=set_solution(cast.competition, path=path, is_proposed=True))
    finish()
    assert services.apply(fresh(regrade), actor=cast.instructor) == 1
    services.roll_back(fresh(regrade), actor=cast.instructor)
    assert Notification.objects.count() == (2 if is_revealed else 0)


def test_programs_run_several_times_count_with_their_median_and_show_their_spread(cast, files, hand_in, bell, begin):
    submission = hand_in(cast.student, {"main.py": b"print(1)\n"}, judged=False)
    record(bell[-1], claim(bell[-1], worker="w"), shadow_score(0.5))
    regrade = begin(n_runs=3)
    runs = list(Attempt.objects.filter(purpose="shadow").order_by("pk").values_list("pk", flat=True))
    assert len(runs) == 3
    for pk, score in zip(runs, (0.75, 0.25, 0.5), strict=True):
        assert fresh(regrade).status == "running"
        record(pk, claim(pk, worker="w"), shadow_score(score))
    assert fresh(regrade).status == "ready"
    assert regrade.items.get().shadow_id == runs[2]
    (item,) = spreads(fresh(regrade))
    assert (item.submission_id, item.lowest, item.highest) == (submission.pk, 0.25, 0.75)
    services.apply(fresh(regrade), actor=cast.instructor)
    assert Submission.objects.get().private_score == 0.5


def test_faults_of_ours_are_judged_again_before_anything_is_applied(cast, handed_in, begin, bell):
    regrade = begin()
    finish()
    shadow = regrade.items.first().shadow
    Attempt.objects.filter(pk=shadow.pk).update(verdict="sandbox_fault")
    with pytest.raises(services.NotPossible, match="fault of ours"):
        services.apply(fresh(regrade), actor=cast.instructor)
    assert services.retry_faults(fresh(regrade), actor=cast.instructor) == 1
    assert fresh(regrade).status == "running"
    judge(shadow.pk)
    assert fresh(regrade).status == "ready"


def test_a_batch_judges_stored_predictions_in_one_go_and_leaves_out_what_broke(cast, files, hand_in, begin):
    from pathlib import Path

    hand_in(cast.student, {"p.csv": files.half})
    broken = hand_in(cast.classmate, {"p.csv": files.perfect})
    squeezed = hand_in(cast.instructor, {"p.csv.gz": gzip.compress(files.perfect)})
    Path(broken.files.get().file.path).unlink()
    begin(scores_only=True)
    assert judge_next(Lane.SCORING) is True
    shadows = Attempt.objects.filter(purpose="shadow").order_by("submission_id")
    assert [(a.status, a.private_score, a.faults) for a in shadows] == [
        ("finished", 0.5, 0),
        ("queued", None, 1),
        ("finished", 1.0, 0),
    ]
    assert shadows[2].predictions_sha256 == squeezed.result.predictions_sha256
    assert shadows[0].n_rows == 6
    assert shadows[0].interval == Attempt.objects.get(purpose="live", submission=shadows[0].submission).interval


def test_a_pasted_list_may_hold_numbers_addresses_and_digests(cast, handed_in):
    first, second = handed_in

    def chosen(pasted):
        return [s.pk for s in choose(cast.competition, Choice(pasted=pasted))]

    assert chosen(f"#{first.pk};\n{second.pk}") == [first.pk, second.pk]
    assert chosen("  Student@test.example,") == [first.pk]
    assert chosen(second.files.get().sha256[:10]) == [second.pk]
    with pytest.raises(BadChoice, match="“hello” is no number"):
        chosen("hello")
    with pytest.raises(BadChoice, match="No such submission here: 99"):
        chosen("99")
    with pytest.raises(BadChoice, match="begins with 00000000aa"):
        chosen("00000000aa")


def test_what_was_judged_with_todays_labels_is_not_outdated(cast, files, handed_in, hand_in, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text(files.solution)
    set_solution(cast.competition, path=path)
    later = hand_in(cast.student, {"p.csv": files.half})
    outdated = choose(cast.competition, Choice(only_outdated=True))
    assert later.pk not in [s.pk for s in outdated]
    assert [s.pk for s in outdated] == [s.pk for s in handed_in]


def test_every_step_stands_in_the_audit_log(cast, handed_in, begin, django_capture_on_commit_callbacks):
    regrade = begin()
    services.pause(regrade, actor=cast.instructor)
    with django_capture_on_commit_callbacks(execute=True):
        services.resume(fresh(regrade), actor=cast.instructor)
    finish()
    services.apply(fresh(regrade), actor=cast.admin)
    services.roll_back(fresh(regrade), actor=cast.admin)
    steps = Event.objects.filter(target=f"regrading.regrade:{regrade.pk}").order_by("pk")
    assert [(s.action, s.actor) for s in steps] == [
        ("regrade.started", cast.instructor),
        ("regrade.paused", cast.instructor),
        ("regrade.resumed", cast.instructor),
        ("regrade.applied", cast.admin),
        ("regrade.rolled_back", cast.admin),
    ]


def test_an_instructor_does_all_of_it_in_the_browser(client, cast, files, handed_in, bell):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(cast.instructor)
    labels = SimpleUploadedFile("s.csv", files.solution.replace(",b,", ",a,").encode())
    answer = client.post(
        "/competitions/letters/regrades/",
        {
            "reason": "two labels were wrong",
            "pasted": "student@test.example classmate@test.example",
            "solution": labels,
        },
    )
    regrade = Regrade.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/regrades/{regrade.pk}/")
    assert "0 / 2" in client.get(answer.url).content.decode()
    client.post(f"{answer.url}pause/")
    client.post(f"{answer.url}resume/")
    finish()
    page = client.get(answer.url).content.decode()
    assert "What would change" in page
    assert "another file with 6 rows" in page
    client.post(f"{answer.url}apply/")
    assert scores() == [1.0, 0.5]
    client.post(f"{answer.url}roll-back/")
    assert scores() == [0.5, 1.0]
    wrong = client.post("/competitions/letters/regrades/", {"reason": "x", "pasted": "hello"})
    assert (wrong.status_code, Regrade.objects.count()) == (422, 1)
    assert "is no number of a submission" in wrong.content.decode()


def test_time_left_comes_from_what_was_judged_lately(cast, handed_in, begin):
    regrade = begin()
    first = regrade.items.first().shadow_id
    judge(first)
    found = progress(regrade, at=timezone.now())
    assert (found.done, found.total, found.percent) == (1, 2, 50)
    assert 0 < found.per_s <= 1
    assert found.left_s >= 1
