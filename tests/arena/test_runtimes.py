"""A regrade because the students' runtime changed: which results have which, who is chosen, and what is said of it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace

import pytest

from arena.audit.models import Event
from arena.regrading import services
from arena.regrading.choosing import Choice, choose
from arena.regrading.models import Regrade
from arena.regrading.runtimes import moved, runtimes
from arena.submissions.judging import Judgement, claim, record
from arena.submissions.models import Attempt
from grader.outcome import Evaluation, RunResult, Verdict

pytestmark = pytest.mark.django_db


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


def fresh(regrade):
    return Regrade.objects.get(pk=regrade.pk)


def shadow_score(score):
    evaluation = Evaluation(
        metric="accuracy", direction="higher", public=score, private=score, overall=score, n_rows=6, interval=None
    )
    return Judgement(verdict=Verdict.OK, evaluation=evaluation)


@pytest.fixture
def two_runtimes(cast, hand_in, bell, settings, tmp_path):
    """A program of each student; since the first ran, another lock was installed."""
    lock = tmp_path / "student.txt"
    settings.ARENA_RUNTIME_LOCK = lock
    found = []
    for user, text in ((cast.student, "numpy==1\n"), (cast.classmate, "numpy==2\n")):
        lock.write_text(text)
        os.utime(lock, ns=(len(found), len(found)))
        found.append(hand_in(user, {"main.py": b"print(1)\n"}, judged=False))
        record(bell[-1], claim(bell[-1], worker="w"), ran(0.5))
    return found


def ran(score):
    """A run that left predictions and got this score."""
    run = RunResult(verdict=Verdict.OK, message="", stdout="fitted", wall_time_s=1.0)
    return replace(shadow_score(score), run=run, record={"seeds": 1})


OLD = hashlib.sha256(b"numpy==1\n").hexdigest()
NEW = hashlib.sha256(b"numpy==2\n").hexdigest()


def test_what_ran_in_another_runtime_is_chosen_and_judged_in_todays(cast, two_runtimes, begin, files, hand_in):
    hand_in(cast.instructor, {"p.csv": files.half})
    old, new = runtimes(cast.competition)
    assert (old.sha256, old.n, old.is_current) == (OLD, 1, False)
    assert (new.sha256, new.n, new.is_current) == (NEW, 1, True)
    chosen = choose(cast.competition, Choice(only_other_runtime=True))
    assert list(chosen) == [two_runtimes[0]]
    regrade = begin(submissions=chosen)
    shadow = regrade.items.get().shadow_id
    record(shadow, claim(shadow, worker="w"), ran(0.75))
    assert [str(one) for one in moved(fresh(regrade))] == [f"{OLD} → {NEW}: 1"]
    services.apply(fresh(regrade), actor=cast.instructor)
    assert not choose(cast.competition, Choice(only_other_runtime=True)).exists()
    assert [(one.sha256, one.n) for one in runtimes(cast.competition)] == [(NEW, 2)]
    services.roll_back(fresh(regrade), actor=cast.instructor)
    assert list(choose(cast.competition, Choice(only_other_runtime=True))) == [two_runtimes[0]]
    started, applied, back = Event.objects.filter(action__startswith="regrade.").order_by("pk")
    assert (started.details["runtimes"], started.details["runtime"]) == ({OLD: 1}, NEW)
    assert applied.details["runtimes"] == back.details["runtimes"] == [f"{OLD} → {NEW}: 1"]


def test_the_pages_say_which_runtimes_results_have_and_from_which_to_which_a_regrade_goes(
    client, cast, two_runtimes, bell
):
    client.force_login(cast.instructor)
    page = client.get("/competitions/letters/regrades/").content.decode()
    assert page.count("1 result, since") == 2
    assert OLD[:12] in page
    assert "The packages that programs run with have changed." in page
    choice = {"reason": "new packages", "only_other_runtime": "on"}
    refused = client.post("/competitions/letters/regrades/", choice | {"how": "scores"})
    assert refused.status_code == 422
    assert "Only a program that runs again shows" in refused.content.decode()
    client.post("/competitions/letters/regrades/", choice | {"how": "run"})
    shadow = Regrade.objects.get().items.get().shadow_id
    record(shadow, claim(shadow, worker="w"), ran(0.75))
    page = client.get(f"/regrades/{Regrade.objects.get().pk}/").content.decode()
    assert f'<code title="{OLD}">{OLD[:12]}</code> → <b><code title="{NEW}">{NEW[:12]}</code></b>' in page


def test_stored_predictions_keep_the_runtime_that_made_them(cast, two_runtimes, begin):
    assert len(two_runtimes) == 2
    Attempt.objects.update(predictions="predictions/1.csv")
    begin(scores_only=True)
    shadows = Attempt.objects.filter(purpose="shadow").order_by("pk")
    assert [(one.runtime_sha256, one.record) for one in shadows] == [(OLD, {"seeds": 1}), (NEW, {"seeds": 1})]
