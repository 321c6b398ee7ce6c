"""Rules to accept, limits, extensions, final choices, and the log of announcements and questions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.authoring.services import extend
from arena.competitions.discussion import announce, answer, ask, visible_posts
from arena.competitions.services import set_rules
from arena.leaderboards.models import BoardRow
from arena.submissions.intake import Refused, toggle_final


def test_a_student_accepts_each_version_of_the_rules_before_handing_in(client, cast, files, hand_in):
    set_rules(cast.competition, "Work alone.", actor=cast.instructor)
    with pytest.raises(Refused, match="Accept the competition's rules"):
        hand_in(cast.student, {"p.csv": files.half})
    client.force_login(cast.student)
    assert client.get(reverse("submit", args=["letters"])).url == "/competitions/letters/#rules"
    assert "Work alone." in client.get(reverse("competition", args=["letters"])).content.decode()
    client.post(reverse("accept_rules", args=["letters"]), {"version": 1})
    assert hand_in(cast.student, {"p.csv": files.half}).verdict == "ok"
    set_rules(cast.competition, "Work alone, or in pairs.", actor=cast.instructor)
    with pytest.raises(Refused):
        hand_in(cast.student, {"p.csv": files.half})
    # consent to an old version is none to the new one
    answer = client.post(reverse("accept_rules", args=["letters"]), {"version": 1})
    assert answer.url == "/competitions/letters/"


def test_the_same_text_is_no_new_version(cast):
    assert set_rules(cast.competition, "Work alone.", actor=cast.instructor).version == 1
    assert set_rules(cast.competition, " Work alone.\n", actor=cast.instructor) is None
    assert set_rules(cast.competition, "", actor=cast.instructor).version == 2


def test_the_limit_of_the_whole_competition_holds_over_days(cast, files, hand_in):
    cast.competition.total_limit = 2
    cast.competition.save()
    for days in (0, 0.5):
        hand_in(cast.student, {"p.csv": files.half}, judged=False, at=timezone.now() + timedelta(days=days))
    with pytest.raises(Refused, match="all 2 submissions of this competition"):
        hand_in(cast.student, {"p.csv": files.half}, at=timezone.now() + timedelta(days=0.9))
    hand_in(cast.classmate, {"p.csv": files.half})


def test_an_extension_holds_for_one_student_only(cast, files, hand_in):
    later = cast.competition.deadline + timedelta(hours=5)
    extend(cast.competition, user=cast.student, until=later, reason="Illness", actor=cast.instructor)
    at = cast.competition.deadline + timedelta(hours=4)
    assert hand_in(cast.student, {"p.csv": files.half}, at=at).verdict == "ok"
    with pytest.raises(Refused, match="deadline"):
        hand_in(cast.classmate, {"p.csv": files.half}, at=at)
    with pytest.raises(Refused, match="deadline"):
        hand_in(cast.student, {"p.csv": files.half}, at=later + timedelta(seconds=1))


def test_of_several_final_choices_the_best_private_score_counts(cast, files, hand_in):
    cast.competition.n_final = 2
    cast.competition.save()
    good = hand_in(cast.student, {"p.csv": files.perfect})
    rows = [hand_in(cast.student, {"p.csv": files.half}) for _ in range(2)]
    assert toggle_final(rows[0])
    assert BoardRow.objects.get(user=cast.student).private_score == 0.5
    assert toggle_final(good)
    assert BoardRow.objects.get(user=cast.student).private_score == 1.0
    with pytest.raises(Refused, match="chosen 2 submissions already"):
        toggle_final(rows[1])
    assert not toggle_final(good)


def test_where_one_counts_a_new_choice_replaces_the_old_one(cast, files, hand_in):
    first, second = (hand_in(cast.student, {"p.csv": files.half}) for _ in range(2))
    toggle_final(first)
    toggle_final(second)
    first.refresh_from_db()
    assert not first.is_selected


def test_a_question_is_seen_by_staff_alone_until_it_is_answered_for_everybody(cast):
    post = ask(cast.competition, "Is the label case-sensitive?", author=cast.student)
    assert list(visible_posts(cast.student, cast.competition)) == [post]
    assert list(visible_posts(cast.classmate, cast.competition)) == []
    assert list(visible_posts(cast.assistant, cast.competition)) == [post]
    answer(post, "Yes.", for_everybody=True, author=cast.assistant)
    assert list(visible_posts(cast.classmate, cast.competition)) == [post]
    assert [n.code for n in cast.student.notifications.all()] == ["answered"]


def test_an_answer_for_everybody_does_not_name_the_asker(client, cast):
    post = ask(cast.competition, "Is the label case-sensitive?", author=cast.student)
    answer(post, "Yes, it *is*.", for_everybody=True, author=cast.assistant)
    client.force_login(cast.classmate)
    page = client.get(reverse("discussion", args=["letters"])).content.decode()
    assert "<em>is</em>" in page
    assert "The student" not in page


def test_an_announcement_reaches_every_student_and_no_outsider(client, cast):
    announce(cast.competition, "The data has a new version.", author=cast.instructor)
    assert cast.student.notifications.get().code == "announced"
    assert cast.classmate.notifications.count() == 1
    assert cast.outsider.notifications.count() == 0
    client.force_login(cast.student)
    assert "A new announcement in Letters" in client.get("/notifications/").content.decode()


def test_students_ask_and_cannot_announce_or_answer(client, cast):
    client.force_login(cast.student)
    client.post(reverse("discussion", args=["letters"]), {"text": "May I?"})
    post = cast.competition.posts.get()
    assert (post.is_question, post.is_public) == (True, False)
    assert client.post(reverse("answer", args=["letters", post.pk]), {"answer": "I may."}).status_code == 403
