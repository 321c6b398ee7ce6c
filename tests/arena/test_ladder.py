"""A competition with a Ladder: what students read of public scores moves by clear improvements only, everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from arena.accounts.tokens import issue
from arena.authoring.services import save_settings
from arena.competitions.definition import Locked
from arena.competitions.models import Competition
from arena.competitions.services import set_solution
from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import View, board
from arena.leaderboards.services import rebuild, refresh
from arena.leaderboards.shown import shown_board
from arena.leaderboards.versions import board_version
from arena.submissions import moderation
from arena.submissions.models import Release, Submission

pytestmark = pytest.mark.django_db
N = 100
BOARD = "/api/v1/competitions/letters/leaderboard"
NOON = timezone.now()


@pytest.fixture
def ladder(cast, tmp_path):
    """A hundred public rows, all `a`, and two private ones."""
    path = tmp_path / "hundred.csv"
    rows = "".join(f"{i:03},a,Public\n" for i in range(N))
    path.write_text(f"id,label,Usage\n{rows}x,a,Private\ny,b,Private\n")
    set_solution(cast.competition, path=path)
    Competition.objects.filter(pk=cast.competition.pk).update(has_ladder=True, daily_limit=50)
    cast.competition.refresh_from_db()
    return cast.competition


@pytest.fixture
def submit(ladder, hand_in):
    """`submit(user, n)`: predictions of which the first n public rows are right."""

    def do(user, n, **options):
        rows = "".join(f"{i:03},{'a' if i < n else 'b'}\n" for i in range(N))
        return hand_in(user, {"p.csv": f"id,label\n{rows}x,a\ny,b\n".encode()}, **options)

    return do


@pytest.fixture
def read(client):
    """`read(user, address)`: what a program of that person's gets."""

    def do(user, address):
        headers = {"Authorization": f"Bearer {issue(user, name='test', at=timezone.now())[1]}"}
        return client.get(address, headers=headers).json()

    return do


def released():
    rows = Release.objects.order_by("submission__submitted_at", "submission")
    return [(row.score, row.is_step) for row in rows]


def test_a_score_moves_by_clear_improvements_only(cast, submit):
    # three more right rows are 1.8 standard errors (0.03 * 0.97 is the variance of a row's difference), four are 2.04
    for n in (60, 63, 64, 50, 66):
        submit(cast.student, n)
    assert released() == [(0.60, True), (0.60, False), (0.64, True), (0.64, False), (0.64, False)]
    row = BoardRow.objects.get(user=cast.student)
    assert (row.released_score, row.public_score) == (0.64, 0.66)


def test_students_read_released_scores_everywhere_and_staff_exact_ones(client, cast, submit, read):
    last = [submit(cast.student, n) for n in (60, 63)][-1]
    submit(cast.classmate, 62)
    rows = read(cast.student, BOARD)
    assert [(r["rank"], r["name"], r["score"]) for r in rows] == [(1, "The classmate", 0.62), (2, "The student", 0.60)]
    mine = read(cast.student, "/api/v1/competitions/letters/submissions")
    assert [(m["public_score"], m["is_public_score_unmoved"]) for m in mine] == [(0.60, True), (0.60, False)]
    client.force_login(cast.student)
    pages = [
        client.get(address).content.decode()
        for address in ("/", "/competitions/letters/leaderboard/", "/competitions/letters/submissions/")
    ]
    pages += [client.get(f"/submissions/{last.pk}/{part}").content.decode() for part in ("", "live/", "confusion/")]
    assert not [page for page in pages if "0.63" in page]
    assert "Which classes are confused" not in pages[-1]
    client.force_login(cast.assistant)
    board_page = client.get("/competitions/letters/leaderboard/").content.decode()
    assert "0.63000" in board_page and "You see exact scores and ranks." in board_page
    assert "Which classes are confused" in client.get(f"/submissions/{last.pk}/confusion/").content.decode()


def test_no_byte_tells_how_good_a_submission_without_a_step_was(cast, submit, ladder, client):
    submit(cast.student, 60)
    submit(cast.student, 63)

    def seen():
        client.force_login(cast.student)
        version = board_version(ladder, reader=cast.student, view=View.RELEASED, at=NOON)
        rows = shown_board(ladder, reader=cast.student, at=NOON)
        return version, rows, client.get("/competitions/letters/submissions/").context["history"]

    before = seen()
    second = Submission.objects.latest("pk")
    Submission.objects.filter(pk=second.pk).update(public_score=0.62)
    second.refresh_from_db()
    refresh(second)
    assert BoardRow.objects.get().public_score == 0.62
    assert seen() == before


def test_withdrawing_starts_no_new_ladder_and_takes_the_step_off_the_board(cast, submit, ladder):
    submit(cast.student, 60)
    best = submit(cast.student, 80)
    submit(cast.student, 82)
    moderation.withdraw(best, at=timezone.now(), actor=cast.student)
    assert released() == [(0.60, True), (0.80, True), (0.80, False)]
    assert BoardRow.objects.get().released_score == 0.60
    submit(cast.student, 83)
    assert released()[-1] == (0.80, False)


def test_what_the_staff_disqualify_leaves_the_ladder(cast, submit):
    best = submit(cast.student, 90)
    submit(cast.student, 60)
    moderation.disqualify(best, reason="copied", actor=cast.instructor)
    assert released() == [(0.60, True)]
    assert BoardRow.objects.get().released_score == 0.60


def test_a_rebuilt_board_releases_the_same_whatever_order_results_came_in(cast, submit, ladder):
    first = submit(cast.student, 63, at=timezone.now() + timedelta(minutes=1))
    submit(cast.student, 60)  # handed in earlier, judged later
    assert released() == [(0.60, True), (0.60, False)]
    before = BoardRow.objects.values().get() | {"id": None}
    Release.objects.all().delete()
    rebuild(ladder)
    assert released() == [(0.60, True), (0.60, False)]
    assert BoardRow.objects.values().get() | {"id": None} == before
    assert first.release.submission_id == first.pk


def test_a_frozen_board_stands_at_the_last_step_before(cast, submit, ladder):
    submit(cast.student, 60, at=timezone.now() - timedelta(hours=2))
    submit(cast.student, 80)
    ladder.freezes_at = timezone.now() - timedelta(hours=1)
    save_settings(ladder, actor=cast.instructor, changed=["freezes_at"])
    (row,) = shown_board(ladder, reader=cast.student, at=timezone.now())
    assert (float(row.score), row.n_entries) == (0.60, 1)


def test_it_can_be_chosen_until_somebody_has_handed_in(cast, submit, ladder):
    ladder.has_ladder = False
    save_settings(ladder, actor=cast.instructor, changed=["has_ladder"])
    submit(cast.student, 60)
    ladder.has_ladder = True
    with pytest.raises(Locked, match="has_ladder"):
        save_settings(ladder, actor=cast.instructor, changed=["has_ladder"])


def test_marks_and_the_private_board_go_by_exact_scores(cast, submit, ladder):
    submit(cast.student, 60)
    submit(cast.student, 63)
    submit(cast.classmate, 62)
    ranks = {s.name: s.public_rank for s in board(ladder, private=True)}
    assert ranks == {"The student": 1, "The classmate": 2}


@pytest.mark.parametrize("language", ["en", "ro"])
def test_the_task_s_page_and_the_board_explain_it(client, cast, ladder, language):
    client.force_login(cast.student)
    client.cookies["django_language"] = language
    said = {"en": "released by the Ladder", "ro": "sunt publicate prin metoda Ladder"}[language]
    for address in ("/competitions/letters/", "/competitions/letters/leaderboard/"):
        assert said in client.get(address).content.decode()
