"""Names that a reader can't tell apart: in every letter of a name, by any disguise, nobody takes another's place."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from arena.courses.board_names import NameTaken, choose_pseudonym
from arena.courses.models import Enrolment
from arena.lookalikes import skeleton
from arena.submissions import teams

# each way to write a name anew without a reader seeing it; made from Unicode's charts, not from the table in use
DISGUISES = {
    "Cyrillic": str.maketrans("aceopxyABEKMHOPCTX", "асеорхуАВЕКМНОРСТХ"),
    "Greek": str.maketrans("oABEZHIKMNOPTYX", "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"),
    "full width": {i: i + 0xFEE0 for i in range(0x21, 0x7F)},
    "bold mathematics": {ord("a") + i: 0x1D41A + i for i in range(26)},
    "circled": {ord("a") + i: 0x24D0 + i for i in range(26)},
    "capitals": {ord("a") + i: ord("A") + i for i in range(26)},
    "a capital I for an l": {ord("l"): "I"},
    "a one for an l": {ord("l"): "1"},
    "a nought for an o": {ord("o"): "0"},
    "accents": {ord("a"): "á", ord("s"): "ş", ord("t"): "ț"},
    "accents set apart": {ord("e"): "e\u0301"},
    "dots": {ord(" "): " . "},
    "no spaces": {ord(" "): None},
    "hard spaces": {ord(" "): "\u00a0"},
    "joiners": {ord("e"): "e\u200d"},
    "soft hyphens": {ord("s"): "s\u00ad"},
    "hyphens": {ord(" "): "-"},
}
LETTERS = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@given(name=st.text(LETTERS, min_size=1, max_size=30).filter(str.strip), disguise=st.sampled_from(sorted(DISGUISES)))
def test_a_disguised_name_has_the_skeleton_of_the_plain_one(name, disguise):
    assert skeleton(name.translate(DISGUISES[disguise])) == skeleton(name)


@pytest.mark.parametrize("name", ["Ana", "Ștefan Ț. 7", "Анна", "Γιώργος", "李明", "🦉", "?!"])
def test_no_name_is_folded_to_nothing_and_these_all_differ(name):
    others = {"Ana", "Ștefan Ț. 7", "Анна", "Γιώργος", "李明", "🦉", "?!"} - {name}
    assert skeleton(name)
    assert skeleton(name) not in {skeleton(other) for other in others}


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_nobody_takes_a_classmate_s_or_a_teacher_s_name_in_disguise(cast, disguise):
    for name in ("The classmate", "The assistant", "The instructor"):
        with pytest.raises(NameTaken):
            choose_pseudonym(cast.student_enrolment, name.translate(DISGUISES[disguise]))
    cast.student_enrolment.refresh_from_db()
    assert cast.student_enrolment.pseudonym == ""


def test_one_s_own_name_and_pseudonym_may_be_written_anew(cast):
    choose_pseudonym(cast.student_enrolment, "Grey Heron")
    assert choose_pseudonym(cast.student_enrolment, "grey  heron") == "grey heron"
    assert choose_pseudonym(cast.student_enrolment, "the STUDENT") == "the STUDENT"
    assert choose_pseudonym(cast.student_enrolment, "") == ""


def test_the_database_refuses_two_that_look_alike(cast):
    choose_pseudonym(cast.student_enrolment, "Grey Heron")
    cast.classmate_enrolment.pseudonym = "grеy-heron"  # a Cyrillic e
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.classmate_enrolment.save()
    assert Enrolment.objects.filter(pseudonym__gt="").count() == 1


def test_a_team_s_name_looks_like_no_other_team_s_and_no_person_s(cast):
    cast.competition.team_size = 2
    cast.competition.save()
    now = timezone.now()
    teams.create(cast.competition, name="Barn Owls", user=cast.student, at=now)
    for name in ("Bаrn Owls", "BARN-OWLS", "Bam Owls", "The classmаte"):
        with pytest.raises(teams.NotPossible):
            teams.create(cast.competition, name=name, user=cast.classmate, at=now)
