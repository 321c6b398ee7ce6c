"""A competition of word vectors: the hidden analogies stay hidden, a file of vectors is taken, checked and scored."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.urls import reverse

from arena.competitions.datasets import InvalidDataset, check_dataset
from arena.competitions.services import set_data
from arena.submissions.intake import Refused

VECTORS = b"man 1 0 0\nwoman 1 1 0\nking 1 0 1\nqueen 1 1 1\n"
SOLUTION = (
    b"id,a,b,c,d,Usage\n1,man,king,woman,queen,Public\n2,man,woman,king,queen,Private\n3,man,king,girl,x,Private\n"
)


@pytest.fixture
def analogies(cast):
    cast.competition.metric = "analogies"
    cast.competition.save()
    dataset = check_dataset({}, SOLUTION, id_column="id", metric="analogies")
    set_data(cast.competition, dataset, actor=cast.instructor)
    return cast.competition


def test_vectors_are_scored_by_the_hidden_analogies_plain_and_packed(analogies, cast, hand_in):
    plain = hand_in(cast.student, {"glove.txt": VECTORS})
    packed = hand_in(cast.classmate, {"mine.vec.gz": gzip.compress(b"4 3\n" + VECTORS)})
    assert (plain.verdict, plain.public_score, plain.private_score) == ("ok", 1.0, 0.5)
    assert (packed.public_score, packed.private_score) == (1.0, 0.5)


def test_a_wrong_file_is_refused_at_the_door_in_words(client, analogies, cast, hand_in):
    for name, data, said in (
        ("v.txt", b"man 1 2\nking 1\n", "Line 2 has 1 numbers, but the first word has 2."),
        ("p.csv", b"id,label\n1,a\n", "takes one file of word vectors"),
    ):
        with pytest.raises(Refused) as caught:
            hand_in(cast.student, {name: data}, judged=False)
        assert said in str(caught.value)
    client.force_login(cast.student)
    assert "as word2vec or GloVe write them" in client.get(reverse("submit", args=["letters"])).content.decode()


def test_the_sample_tells_the_layout_and_no_hidden_word(analogies):
    assert {file.name: Path(file.file.path).read_bytes() for file in analogies.files.all()} == {
        "sample_submission.txt": b"2 3\nword 0.1 0.2 0.3\nother 0.3 0.2 0.1\n"
    }


def test_other_pages_of_such_a_competition_stand(client, analogies, cast, hand_in):
    submission = hand_in(cast.student, {"glove.txt": VECTORS})
    hand_in(cast.classmate, {"glove.txt": VECTORS})
    client.force_login(cast.instructor)
    for address in (
        reverse("signs", args=["letters"]),
        reverse("certainty", args=["letters"]),
        reverse("edit_data", args=["letters"]),
        reverse("submission_confusion", args=[submission.pk]),
        reverse("export_competition", args=["letters"]),
    ):
        assert client.get(address).status_code == 200


def test_a_solution_without_four_words_is_refused(cast):
    with pytest.raises(InvalidDataset, match="needs four columns"):
        check_dataset({}, b"id,a,b\n1,x,y\n", id_column="id", metric="analogies")
