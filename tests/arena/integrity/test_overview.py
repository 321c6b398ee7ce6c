"""The page of a run: what follows the threshold, who is joined, what changed since the last run, and hidden names."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import translation

from arena.accounts.models import User
from arena.audit.models import Event
from arena.integrity.cases import open_case
from arena.integrity.exporting import wording
from arena.integrity.groups import graph, groups
from arena.integrity.models import Case, PlagiarismRun, RunStatus, SimilarPair
from arena.integrity.overview import changes_of, histogram, overview
from arena.integrity.selectors import n_waiting_pairs
from arena.integrity.services import decide, reveal, run_check, start
from arena.integrity.timelines import timeline
from arena.submissions.models import Submission
from plagiarism.wording import Wording

pytestmark = pytest.mark.django_db
INDEX = "/competitions/letters/plagiarism/"
CODE = (
    b"def f(rows):\n    total = 0\n    for row in rows:\n        total += row ** 2\n    return total / len(rows)\n" * 4
)


@pytest.fixture
def four(cast: SimpleNamespace, hand_in: object) -> list[Submission]:
    """Hand-ins of four students."""
    people = [cast.student, cast.classmate]
    for name in ("third", "fourth"):
        user = User.objects.create_user(f"{name}@test.example", "a long password", name=f"The {name}")
        cast.course.enrolments.create(user=user, role="student")
        people.append(user)
    return [hand_in(user, {"main.py": CODE + b"# %d" % user.pk}, judged=False) for user in people]


def run_with(cast: SimpleNamespace, *rows: tuple[Submission, Submission, float]) -> PlagiarismRun:
    run = PlagiarismRun.objects.create(competition=cast.competition, status=RunStatus.FINISHED, n_submissions=4)
    for a, b, similarity in rows:
        SimilarPair.objects.create(run=run, a=a, b=b, similarity=similarity, shares={"a": 0.4, "b": similarity})
    return run


def test_pairs_groups_and_bars_follow_the_threshold(cast, four):
    a, b, c, d = four
    run = run_with(cast, (a, b, 0.9), (b, c, 0.7), (c, d, 0.3))
    at_half = overview(run, threshold=0.5, order="")
    assert [pair.similarity for pair in at_half.pairs] == [0.9, 0.7]
    assert [(len(g.members), len(g.pairs)) for g in at_half.groups] == [(3, 2)]
    assert (at_half.n_above, at_half.n_kept, at_half.mark_x) == (2, 3, "380.0")
    assert [bar.n for bar in at_half.bars if bar.is_above and bar.n] == [1, 1]
    assert [len(g.members) for g in overview(run, threshold=0.2, order="").groups] == [4]
    assert overview(run, threshold=0.95, order="").pairs == ()
    assert overview(run, threshold=-3, order="").threshold == 0.05


def test_bars_tell_all_pairs_and_not_only_those_that_were_kept():
    bars = histogram([999, 0, 9, 1], threshold=0.5)
    assert [(bar.n, bar.is_above) for bar in bars] == [(999, False), (0, False), (9, True), (1, True)]
    # logarithms: a thousandth of the pairs is still seen
    assert [bar.height for bar in bars] == ["118.0", "0.0", "39.3", "11.8"]


def test_pairs_come_in_the_order_that_was_asked_for(cast, four):
    a, b, c, d = four
    run = run_with(cast, (a, b, 0.6), (b, c, 0.7), (c, d, 0.8))
    SimilarPair.objects.filter(a=a).update(spans=[{"start_a": 1, "end_a": 9}], shares={"a": 0.9, "b": 0.1})
    orders = {name: [pair.a_id for pair in overview(run, threshold=0.5, order=name).pairs] for name in ("", "mean")}
    assert orders == {"": [c.pk, b.pk, a.pk], "mean": [c.pk, b.pk, a.pk]}
    assert next(iter(overview(run, threshold=0.5, order="containment").pairs)).a == a
    assert next(iter(overview(run, threshold=0.5, order="longest").pairs)).a == a


def test_what_is_new_gone_and_moved_is_told_by_people_and_not_by_hand_ins(cast, four, hand_in):
    a, b, c, d = four
    run_with(cast, (a, b, 0.9), (c, d, 0.8), (b, c, 0.6))
    again = hand_in(b.user, {"main.py": CODE}, judged=False)
    run = run_with(cast, (a, again, 0.7), (again, c, 0.61), (a, d, 0.55))
    found = changes_of(run, list(run.pairs.all()), threshold=0.5)
    assert [(p.a_id, p.b_id) for p in found.new] == [(a.pk, d.pk)]
    assert [(p.a_id, p.b_id) for p in found.gone] == [(c.pk, d.pk)]
    assert [(p.b_id, before) for p, before in found.moved] == [(again.pk, 0.9)]
    assert changes_of(PlagiarismRun.objects.last(), [], threshold=0.5) is None


def test_every_point_of_the_picture_has_a_place_of_its_own(cast, four):
    a, b, c, d = four
    run = run_with(cast, (a, b, 0.9), (b, c, 0.7), (c, d, 0.6))
    drawn = graph(groups(run.pairs.all(), least=2))
    assert (len(drawn.nodes), len(drawn.edges), drawn.n_left_out) == (4, 3, 0)
    assert len({(node.x, node.y) for node in drawn.nodes}) == 4
    assert {node.anchor for node in drawn.nodes} == {"start", "end"}
    assert all(0 <= float(node.x) <= 760 and 0 <= float(node.y) <= drawn.height for node in drawn.nodes)


def test_a_person_is_named_in_the_picture_once_every_pair_shown_is_revealed(cast, four):
    a, b, c, _d = four
    run = run_with(cast, (a, b, 0.9), (b, c, 0.7))
    reveal(run.pairs.first(), actor=cast.instructor)
    drawn = graph(groups(run.pairs.all(), least=2))
    assert sorted(node.label for node in drawn.nodes) == sorted(["The student", f"#{b.pk}", f"#{c.pk}"])
    rows = timeline(run.pairs.all()).rows
    assert sorted(row.label for row in rows) == sorted(["The student", f"#{b.pk}", f"#{c.pk}"])


def test_a_timeline_has_a_row_per_student_and_fills_what_was_compared(cast, four, hand_in):
    a, b, _c, _d = four
    again = hand_in(b.user, {"main.py": CODE}, judged=False)
    Submission.objects.filter(pk=again.pk).update(submitted_at=a.submitted_at + timedelta(hours=2))
    run = run_with(cast, (a, Submission.objects.get(pk=again.pk), 0.9))
    found = timeline(run.pairs.all())
    assert [[(dot.pk, dot.is_compared) for dot in row.dots] for row in found.rows] == [
        [(a.pk, True)],
        [(b.pk, False), (again.pk, True)],
    ]
    assert (found.rows[0].dots[0].x, found.rows[1].dots[1].x) == ("130.0", "750.0")


def test_a_reveal_holds_in_later_runs_also_after_a_new_hand_in(client, cast, hand_in):
    hand_in(cast.student, {"main.py": CODE}, judged=False)
    hand_in(cast.classmate, {"own.py": CODE}, judged=False)
    run_check(start(cast.competition, actor=cast.instructor).pk)
    reveal(SimilarPair.objects.get(), actor=cast.assistant)
    hand_in(cast.classmate, {"own.py": CODE + b"print(1)\n"}, judged=False)
    run_check(start(cast.competition, actor=cast.instructor).pk)
    later = SimilarPair.objects.order_by("pk").last()
    assert (later.revealed_by, later.revealed_at) == (cast.assistant, SimilarPair.objects.first().revealed_at)
    client.force_login(cast.instructor)
    page = client.get(f"/plagiarism/pairs/{later.pk}/").content.decode()
    assert "Names revealed by The assistant" in page and "This holds in later runs" in page
    assert "The student" not in client.get(f"/plagiarism/pairs/{later.pk}/?names=no").content.decode()
    assert Event.objects.filter(action="plagiarism.revealed").count() == 1


def test_one_case_is_opened_for_a_whole_group(client: Client, cast, four):
    a, b, c, d = four
    run = run_with(cast, (a, b, 0.9), (c, d, 0.8), (b, c, 0.7))
    client.force_login(cast.instructor)
    response = client.post(INDEX, {"action": "open_group", "pair": run.pairs.first().pk, "at": "0.5"})
    case = Case.objects.get()
    assert response.url == f"/cases/{case.pk}/"
    assert (case.parties.count(), case.evidence.count(), run.pairs.filter(revealed_at=None).count()) == (4, 3, 0)
    assert client.post(INDEX, {"action": "open_group", "pair": "0"}).status_code == 404


def test_a_pair_waits_until_it_is_judged_at_a_glance_or_in_a_case(cast, four):
    a, b, c, d = four
    run_with(cast, (a, c, 0.9))
    run = run_with(cast, (a, b, 0.9), (c, d, 0.8), (b, c, 0.7), (a, d, 0.3))
    assert n_waiting_pairs(cast.competition, least=0.5) == 3
    open_case(run.pairs.get(a=a, b=b), actor=cast.instructor)
    assert n_waiting_pairs(cast.competition, least=0.5) == 2
    decide(run.pairs.get(a=c), decision="dismissed", note="", actor=cast.instructor)
    assert n_waiting_pairs(cast.competition, least=0.5) == 1


def test_the_slider_brings_what_follows_it_and_nothing_else(client: Client, cast, four):
    a, b, c, _d = four
    run = run_with(cast, (a, b, 0.9), (b, c, 0.4))
    client.force_login(cast.assistant)
    headers = {"HX-Request": "true", "HX-Target": "found"}
    part = client.get(INDEX, {"run": run.pk, "at": "0.3"}, headers=headers).content.decode()
    assert part.lstrip().startswith('<div id="found">') and "2 of 2 kept pairs" in part
    page = client.get(INDEX, {"at": "nonsense"}).content.decode()
    assert "1 of 2 kept pairs" in page and 'type="range"' in page


def test_the_english_words_of_an_export_are_the_engines_own():
    with translation.override("en"):
        assert wording() == Wording()


def test_a_run_is_exported_as_one_file_in_the_readers_language_without_names(client: Client, cast, hand_in):
    hand_in(cast.student, {"main.py": CODE}, judged=False)
    hand_in(cast.classmate, {"own.py": CODE}, judged=False)
    run_check(start(cast.competition, actor=cast.instructor).pk)
    client.force_login(cast.instructor)
    address = f"/plagiarism/runs/{PlagiarismRun.objects.get().pk}/export/"
    for language, words in (("en", "Similar code"), ("ro", "Cod similar")):
        page = client.get(address, headers={"Accept-Language": language}).content.decode()
        assert f'<html lang="{language}">' in page and words in page
        assert "The student" not in page and "<script" not in page and "http" not in page
