"""Teams: how they form and part, and that a team is one entrant everywhere: limits, boards, marks, pages, comparisons."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from arena.accounts.models import User
from arena.accounts.tokens import issue
from arena.audit.models import Event
from arena.authoring import packages
from arena.authoring.forms import BasicsForm
from arena.authoring.services import duplicate, extend
from arena.competitions.entrants import mates
from arena.competitions.models import Competition, Team, TeamInvitation, TeamMember
from arena.competitions.selectors import deadline_for
from arena.courses.models import Enrolment, Role
from arena.gradebook.models import Component, EnteredMark
from arena.gradebook.selectors import mark_sheets
from arena.integrity.models import Decision, PlagiarismRun, SimilarPair
from arena.integrity.selectors import newest_code
from arena.leaderboards.models import BoardRow
from arena.leaderboards.selectors import board
from arena.leaderboards.services import rebuild
from arena.submissions import moderation, teams
from arena.submissions.archive import write_archive
from arena.submissions.intake import Refused, quota_left, toggle_final, total_left
from arena.submissions.models import Submission, Use

MODEL = {"main.py": b"print('a')\n"}


@pytest.fixture
def course(cast):
    """The competition takes teams of two; there is a third student, the friend."""
    cast.competition.team_size = 2
    cast.competition.save()
    cast.friend = User.objects.create_user("friend@test.example", "a long password", name="The friend")
    Enrolment.objects.create(course=cast.course, user=cast.friend, role=Role.STUDENT)
    return cast


@pytest.fixture
def owls(course):
    """The student and the classmate."""
    team = teams.create(course.competition, name="Owls", user=course.student, at=timezone.now())
    return joined(course, team, course.classmate)


def joined(course, team, user):
    teams.join(course.competition, code=team.code, user=user, at=timezone.now())
    return team


def rows(competition, *, private=False, reader=None):
    return [(s.name, s.rank, s.score, s.n_entries) for s in board(competition, private=private, reader=reader)]


def act(client, who, /, **data):
    client.force_login(who)
    page = client.post("/competitions/letters/team/", data, follow=True)
    return page.content.decode()


# forming


def test_a_student_makes_a_team_and_a_classmate_joins_by_its_code(client, course):
    assert "The team “Owls” is made." in act(client, course.student, act="create", name="  Owls ")
    team = Team.objects.get()
    assert team.code in client.get("/competitions/letters/team/").content.decode()
    page = act(client, course.classmate, act="join", code=f"{team.code[:4]} {team.code[4:].lower()}")
    assert "You are in the team “Owls” now." in page and "Your team is full." in page
    assert mates(course.student.pk, course.competition) == (course.student.pk, course.classmate.pk)
    assert [(e.action, e.actor) for e in Event.objects.filter(action__startswith="team.").order_by("pk")] == [
        ("team.joined", course.student),
        ("team.joined", course.classmate),
    ]


def test_an_invitation_is_told_and_accepted(client, course):
    act(client, course.student, act="create", name="Owls")
    assert "The classmate is invited." in act(client, course.student, act="invite", user=course.classmate.pk)
    client.force_login(course.classmate)
    told = client.get("/notifications/").content.decode()
    assert "You are invited to the team “Owls” in Letters" in told
    assert "The student invites you." in client.get("/competitions/letters/team/").content.decode()
    act(client, course.classmate, act="accept", invitation=TeamInvitation.objects.get().pk)
    assert [m.user for m in Team.objects.get().members.all()] == [course.student, course.classmate]
    assert not TeamInvitation.objects.exists()
    client.force_login(course.student)
    assert "The classmate has joined your team “Owls”" in client.get("/notifications/").content.decode()


def test_an_invitation_is_declined_or_taken_back_and_then_opens_nothing(client, course):
    act(client, course.student, act="create", name="Owls")
    for who in (course.classmate, course.student):
        act(client, course.student, act="invite", user=course.classmate.pk)
        invitation = TeamInvitation.objects.get()
        act(client, who, act="drop", invitation=invitation.pk)
        with pytest.raises(teams.NotPossible, match="taken back"):
            teams.accept(invitation, at=timezone.now())
    assert Event.objects.filter(action="team.invitation_dropped").count() == 2


def test_nobody_answers_or_takes_back_somebody_else_s_invitation(client, course):
    act(client, course.student, act="create", name="Owls")
    act(client, course.student, act="invite", user=course.classmate.pk)
    client.force_login(course.friend)
    for what in ("accept", "drop"):
        data = {"act": what, "invitation": TeamInvitation.objects.get().pk}
        assert client.post("/competitions/letters/team/", data).status_code == 404


def test_a_team_takes_no_more_members_or_invitations_than_the_competition_allows(course, owls):
    with pytest.raises(teams.NotPossible, match="full"):
        joined(course, owls, course.friend)
    with pytest.raises(teams.NotPossible, match="too large"):
        teams.invite(owls, user=course.friend, actor=course.student, at=timezone.now())


def test_a_person_is_in_one_team_of_a_competition_and_the_database_says_so_too(course, owls):
    with pytest.raises(teams.NotPossible, match="already"):
        teams.create(course.competition, name="Larks", user=course.classmate, at=timezone.now())
    other = Team.objects.create(competition=course.competition, name="Larks", code="LARKS")
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamMember.objects.create(team=other, competition=course.competition, user=course.student)


@pytest.mark.parametrize("name", ["", " \u202e ", "owls", "The FRIEND", "Heron"])
def test_a_team_s_name_is_nobody_s_name_or_pseudonym(course, owls, name):
    Enrolment.objects.filter(user=course.classmate).update(pseudonym="heron")
    with pytest.raises(teams.NotPossible):
        teams.create(course.competition, name=name, user=course.friend, at=timezone.now())


def test_only_students_of_the_course_are_in_teams(course):
    for user in (course.assistant, course.outsider):
        with pytest.raises(teams.NotPossible, match="Only students"):
            teams.create(course.competition, name="Owls", user=user, at=timezone.now())
    assert not Team.objects.exists()


def test_teams_stand_from_their_moment_on_but_for_the_staff(client, course, owls):
    course.competition.teams_until = timezone.now() - timedelta(minutes=1)
    course.competition.save()
    for do in (
        lambda: teams.create(course.competition, name="Larks", user=course.friend, at=timezone.now()),
        lambda: teams.leave(course.competition, user=course.student, at=timezone.now()),
        lambda: teams.join(course.competition, code=owls.code, user=course.friend, at=timezone.now()),
    ):
        with pytest.raises(teams.NotPossible, match="Ask the staff"):
            do()
    client.force_login(course.student)
    page = client.get("/competitions/letters/team/").content.decode()
    assert "If yours must change, ask the staff." in page and "Leave the team" not in page and owls.code not in page
    teams.move(course.competition, course.classmate, team=None, actor=course.instructor)
    assert mates(course.student.pk, course.competition) == (course.student.pk,)


def test_a_member_leaves_until_the_team_has_handed_something_in(course, owls, files, hand_in):
    teams.leave(course.competition, user=course.classmate, at=timezone.now())
    joined(course, owls, course.classmate)
    hand_in(course.student, {"p.csv": files.half})
    with pytest.raises(teams.NotPossible, match="Ask the staff"):
        teams.leave(course.competition, user=course.classmate, at=timezone.now())


def test_a_team_without_members_is_no_more(course, owls):
    for user in (course.student, course.classmate):
        teams.leave(course.competition, user=user, at=timezone.now())
    assert not Team.objects.exists()


def test_a_competition_without_teams_has_no_page_of_them(client, cast):
    for user in (cast.student, cast.instructor):
        client.force_login(user)
        assert client.get("/competitions/letters/team/").status_code == 404
        assert "/team/" not in client.get("/competitions/letters/").content.decode()


# one entrant


def test_a_team_has_one_row_and_everybody_else_one_each(course, owls, files, hand_in):
    hand_in(course.student, {"p.csv": files.half})
    hand_in(course.classmate, {"p.csv": files.perfect})
    hand_in(course.friend, {"p.csv": files.half})
    expected = [("Owls", 1, 1.0, 2), ("The friend", 2, 0.5, 1)]
    assert rows(course.competition) == rows(course.competition, private=True) == expected
    assert [s.is_of(course.classmate) for s in board(course.competition, private=False)] == [True, False]
    assert rebuild(course.competition) == 2
    assert rows(course.competition) == expected


def test_members_are_named_on_the_board_by_their_pseudonyms_and_the_staff_read_names(
    client, course, owls, files, hand_in
):
    Enrolment.objects.filter(user=course.classmate).update(pseudonym="Heron")
    hand_in(course.student, {"p.csv": files.half})

    def names(reader):
        return board(course.competition, private=False, reader=reader)[0].member_names

    assert names(course.friend) == names(course.student) == ("The student", "Heron")
    assert names(course.assistant) == names(course.classmate) == ("The student", "The classmate")
    client.force_login(course.friend)
    page = client.get("/competitions/letters/leaderboard/").content.decode()
    assert "Heron" in page and "The classmate" not in page
    assert "The classmate" not in client.get("/").content.decode()


def test_a_team_shares_its_limits(course, owls, files, hand_in):
    course.competition.daily_limit, course.competition.total_limit = 2, 5
    course.competition.save()
    hand_in(course.student, {"p.csv": files.half}, judged=False)
    assert quota_left(course.classmate, course.competition, at=timezone.now()) == 1
    hand_in(course.classmate, {"p.csv": files.half}, judged=False)
    with pytest.raises(Refused) as refused:
        hand_in(course.student, {"p.csv": files.half})
    assert refused.value.code == "quota_used"
    assert total_left(course.student, course.competition) == 3
    assert quota_left(course.friend, course.competition, at=timezone.now()) == 2


def test_a_team_shares_its_final_choices_and_each_choice_names_who_made_it(client, course, owls, files, hand_in):
    first, second = hand_in(course.student, {"p.csv": files.half}), hand_in(course.classmate, {"p.csv": files.perfect})
    client.force_login(course.classmate)
    client.post(reverse("select_submission", args=[first.pk]))
    assert rows(course.competition, private=True) == [("Owls", 1, 0.5, 2)]
    toggle_final(second, actor=course.student)
    assert rows(course.competition, private=True) == [("Owls", 1, 1.0, 2)]
    assert list(Submission.objects.filter(is_selected=True)) == [second]
    chosen = Event.objects.filter(action="submission.selected").order_by("pk")
    assert [event.actor for event in chosen] == [course.classmate, course.student]


def test_members_see_and_withdraw_what_any_of_them_handed_in_and_others_see_nothing(
    client, course, owls, files, hand_in
):
    theirs = hand_in(course.student, {"p.csv": files.half})
    pages = [
        reverse("submission", args=[theirs.pk]),
        reverse("submission_live", args=[theirs.pk]),
        reverse("submission_file", args=[theirs.pk, "p.csv"]),
    ]

    def statuses(user):
        client.force_login(user)
        answers = [client.get(page) for page in pages]
        for answer in answers:
            for close in answer._resource_closers if answer.streaming else ():
                close()  # not the whole answer, which would close the test's database connection too
        return {answer.status_code for answer in answers}

    assert (statuses(course.classmate), statuses(course.friend)) == ({200}, {404})
    client.force_login(course.friend)
    assert client.post(reverse("withdraw_submission", args=[theirs.pk])).status_code == 404
    assert f"/submissions/{theirs.pk}/" not in client.get("/competitions/letters/submissions/").content.decode()
    client.force_login(course.classmate)
    assert f"/submissions/{theirs.pk}/" in client.get("/competitions/letters/submissions/").content.decode()
    client.post(reverse("withdraw_submission", args=[theirs.pk]))
    assert Event.objects.get(action="submission.withdrawn").actor == course.classmate
    keys = {
        user: {"Authorization": f"Bearer {issue(user, name='t', at=timezone.now())[1]}"}
        for user in (course.classmate, course.friend)
    }
    found = [client.get(f"/api/v1/submissions/{theirs.pk}", headers=key).status_code for key in keys.values()]
    assert found == [200, 404]
    listed = [len(client.get("/api/v1/competitions/letters/submissions", headers=key).json()) for key in keys.values()]
    assert listed == [1, 0]


def test_a_practice_run_stays_its_author_s_alone(client, course, owls, files, hand_in):
    run = hand_in(course.student, {"p.csv": files.half}, judged=False)
    Submission.objects.filter(pk=run.pk).update(use=Use.PRACTICE)
    client.force_login(course.classmate)
    assert client.get(reverse("submission", args=[run.pk])).status_code == 404


def test_what_somebody_handed_in_before_joining_becomes_the_team_s(client, course, files, hand_in):
    early = hand_in(course.classmate, {"p.csv": files.perfect})
    toggle_final(early)
    own = hand_in(course.student, {"p.csv": files.half})
    toggle_final(own)
    team = teams.create(course.competition, name="Owls", user=course.student, at=timezone.now())
    assert rows(course.competition) == [("The classmate", 1, 1.0, 1), ("Owls", 2, 0.5, 1)]
    joined(course, team, course.classmate)
    assert rows(course.competition) == [("Owls", 1, 1.0, 2)]
    assert rows(course.competition, private=True) == [("Owls", 1, 0.5, 2)], "one final choice: the team's own stands"
    assert quota_left(course.student, course.competition, at=timezone.now()) == 1
    client.force_login(course.student)
    assert client.get(reverse("submission", args=[early.pk])).status_code == 200


def test_who_together_had_more_tries_than_one_may_have_cannot_join(course, files, hand_in):
    course.competition.total_limit = 3
    course.competition.save()
    for user in (course.student, course.student, course.classmate, course.classmate):
        hand_in(user, {"p.csv": files.half}, judged=False)
    team = teams.create(course.competition, name="Owls", user=course.student, at=timezone.now())
    with pytest.raises(teams.NotPossible, match="4 submissions, and one team may have 3"):
        joined(course, team, course.classmate)
    course.competition.total_limit, course.competition.daily_limit = None, 1
    course.competition.save()
    with pytest.raises(teams.NotPossible, match="4 submissions, and one team may have 2"):
        joined(course, team, course.classmate)


def test_each_member_gets_the_team_s_rank_with_the_team_in_the_trace(course, owls, files, hand_in):
    hand_in(course.student, {"p.csv": files.perfect})
    hand_in(course.friend, {"p.csv": files.half})
    for enrolment in course.course.enrolments.filter(role="student"):
        EnteredMark.objects.create(enrolment=enrolment, component=Component.DEDUCTION, value=0)
    found = {
        e.user.name: (s.trace[0].text("en"), s.trace[1].text("en"), s.project) for e, s in mark_sheets(course.course)
    }
    team = "The project is that of the team “Owls” (The student, The classmate); its rank is that of each member."
    band = "Rank 1 on the private leaderboard lies between 1 and 30, which gives 10."
    assert found["The student"] == found["The classmate"] == (team, band, 10)
    assert found["The friend"][0] == "Rank 2 on the private leaderboard lies between 1 and 30, which gives 10."


def test_a_team_is_disqualified_and_readmitted_as_one_and_every_member_is_told(client, course, owls, files, hand_in):
    hand_in(course.student, {"p.csv": files.half})
    moderation.exclude(course.competition, course.classmate, reason="Two accounts.", actor=course.instructor)
    assert [(s.rank, s.row.is_disqualified) for s in board(course.competition, private=False)] == [(None, True)]
    for user in (course.student, course.classmate):
        client.force_login(user)
        assert "Two accounts." in client.get("/notifications/").content.decode()
    moderation.readmit(course.competition, course.student, at=timezone.now(), actor=course.instructor)
    assert rows(course.competition) == [("Owls", 1, 0.5, 1)]


def test_nobody_is_taken_into_a_team_out_of_a_disqualification_or_into_one(course, owls):
    moderation.exclude(course.competition, course.friend, reason="Two accounts.", actor=course.instructor)
    with pytest.raises(teams.NotPossible, match="disqualified"):
        teams.create(course.competition, name="Larks", user=course.friend, at=timezone.now())
    with pytest.raises(teams.NotPossible, match="disqualified"):
        teams.move(course.competition, course.friend, team=owls, actor=course.instructor)


def test_an_extension_of_a_member_holds_for_the_team(course, owls):
    until = course.competition.deadline + timedelta(days=2)
    extend(course.competition, user=course.classmate, until=until, reason="Ill.", actor=course.instructor)
    assert deadline_for(course.student, course.competition) == until
    assert deadline_for(course.friend, course.competition) == course.competition.deadline


def test_team_mates_are_not_compared_with_each_other(course, owls, hand_in):
    hand_in(course.student, MODEL, judged=False)
    newest = hand_in(course.classmate, MODEL, judged=False)
    other = hand_in(course.friend, MODEL, judged=False)
    assert set(newest_code(course.competition)) == {newest, other}


def test_a_confirmed_copy_weighs_on_every_member_of_the_team(course, owls, hand_in):
    a, b = hand_in(course.student, MODEL, judged=False), hand_in(course.friend, MODEL, judged=False)
    run = PlagiarismRun.objects.create(competition=course.competition, started_by=course.assistant)
    SimilarPair.objects.create(run=run, a=a, b=b, similarity=0.9, decision=Decision.CONFIRMED)
    from arena.gradebook.selectors import _copied

    assert set(_copied(course.competition)) == {course.student.pk, course.classmate.pk, course.friend.pk}


def test_the_archive_names_the_team(course, owls, files, hand_in):
    hand_in(course.classmate, {"p.csv": files.half})
    hand_in(course.friend, {"p.csv": files.half})
    with write_archive(course.competition) as stream, zipfile.ZipFile(stream) as archive:
        listed = csv.DictReader(io.StringIO(archive.read("manifest.csv").decode()))
        assert [(row["student"], row["team"]) for row in listed] == [("The classmate", "Owls"), ("The friend", "")]


# what the staff change


def test_the_staff_make_move_merge_rename_and_split_and_the_board_follows(client, course, files, hand_in):
    hand_in(course.student, {"p.csv": files.half})
    hand_in(course.classmate, {"p.csv": files.perfect})
    hand_in(course.friend, {"p.csv": files.half})

    def shown():
        return [(name, rank, n) for name, rank, _, n in rows(course.competition)]

    act(client, course.assistant, act="make", name="Owls", user=[course.student.pk, course.classmate.pk])
    assert shown() == [("Owls", 1, 2), ("The friend", 2, 1)]
    owls = Team.objects.get()
    act(client, course.assistant, act="move", user=course.friend.pk, team=owls.pk)
    assert shown() == [("Owls", 1, 3)], "the staff may go beyond the size"
    act(client, course.assistant, act="move", user=course.student.pk, team="")
    assert shown() == [("Owls", 1, 2), ("The student", 2, 1)]
    act(client, course.assistant, act="make", name="Larks", user=course.student.pk)
    larks = Team.objects.get(name="Larks")
    act(client, course.assistant, act="merge", team=owls.pk, into=larks.pk)
    assert shown() == [("Larks", 1, 3)]
    act(client, course.assistant, act="rename", team=larks.pk, name="Wrens")
    assert shown() == [("Wrens", 1, 3)]
    act(client, course.assistant, act="split", team=larks.pk)
    assert shown() == [("The classmate", 1, 1), ("The student", 2, 1), ("The friend", 3, 1)]
    assert not Team.objects.exists()
    assert BoardRow.objects.count() == 3
    acts = Event.objects.filter(action__startswith="team.").values_list("actor", flat=True)
    assert set(acts) == {course.assistant.pk}


def test_the_staff_s_page_shows_teams_and_a_student_s_acts_are_not_theirs(client, course, owls):
    client.force_login(course.assistant)
    page = client.get("/competitions/letters/team/").content.decode()
    assert "Owls" in page and "The classmate" in page and "1 student takes part alone" in page
    act(client, course.student, act="split", team=owls.pk)
    act(client, course.friend, act="move", user=course.friend.pk, team=owls.pk)
    assert [m.user for m in owls.members.all()] == [course.student, course.classmate]


# settings


def test_a_form_refuses_settings_of_teams_that_contradict_themselves(course, owls):
    def errors(**changes):
        return set(BasicsForm(changes, instance=course.competition).errors) & {"team_size", "teams_until"}

    assert errors(team_size="3") == set()
    assert errors(team_size="1") == {"team_size"}
    assert errors(team_size="0") == {"team_size"}
    late = f"{timezone.localtime(course.competition.deadline) + timedelta(days=1):%Y-%m-%dT%H:%M}"
    deadline = f"{timezone.localtime(course.competition.deadline):%Y-%m-%dT%H:%M}"
    assert errors(team_size="2", teams_until=late, deadline=deadline) == {"teams_until"}
    teams.split(owls, actor=course.instructor)
    assert errors(team_size="1") == set()
    assert errors(team_size="1", teams_until=deadline) == {"teams_until"}


def test_a_copy_and_an_archive_keep_the_size_and_no_team(course, owls):
    competition = course.competition
    competition.teams_until = competition.deadline - timedelta(hours=5)
    competition.save()
    options = {"opens_at": competition.opens_at, "actor": course.instructor}
    copy = duplicate(
        competition, course=course.course, slug="again", deadline=competition.deadline + timedelta(days=3), **options
    )
    archive = packages.export(competition)
    Competition.objects.filter(pk=competition.pk).update(slug="old")
    loaded = packages.load(archive, course=course.course, actor=course.instructor)
    assert (copy.team_size, copy.deadline - copy.teams_until) == (2, timedelta(hours=5))
    assert (loaded.team_size, loaded.teams_until) == (2, competition.teams_until)
    assert not copy.teams.exists() and not loaded.teams.exists()
