"""Refusals at the door: files of one name, too many questions, and classes that only hidden rows have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from arena.authoring.services import add_baseline
from arena.competitions.discussion import QUESTIONS_A_DAY, TooManyQuestions, ask
from arena.competitions.models import Post
from arena.competitions.services import add_public_file
from arena.submissions.insight import public_confusion
from arena.submissions.intake import Refused


def refused(hand_in, user, data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        hand_in(user, {"p.csv": data}, judged=False)
    return str(caught.value)


def test_a_refused_class_is_answered_with_the_classes_of_public_files_alone(cast, files, hand_in):
    wrong = files.perfect.replace(b"01,a", b"01,z")
    assert refused(hand_in, cast.student, wrong) == (
        "Column “label” must hold classes of the training set, but 1 cell holds “z” (line 2). "
        "Use a class of the training set."
    )
    add_public_file(cast.competition, name="train.csv", data=b"id,label\n91,a\n92,c\n")
    assert refused(hand_in, cast.student, wrong).startswith("Column “label” must hold one of a, c, but 1 cell")


def test_the_confusion_table_names_no_class_that_only_private_rows_have(cast, hand_in, tmp_path):
    from arena.competitions.services import set_solution

    path = tmp_path / "rare.csv"
    rows = [f"{i},{'ab'[i % 2]},Public" for i in range(40)] + [f"{i},rare,Private" for i in range(40, 80)]
    path.write_text("id,label,Usage\n" + "\n".join(rows) + "\n")
    set_solution(cast.competition, path=path)
    always_a = b"id,label\n" + b"".join(b"%d,a\n" % i for i in range(80))
    assert public_confusion(hand_in(cast.student, {"p.csv": always_a})).names == ("a", "b")


def test_two_files_of_one_name_are_refused_by_name(client, cast):
    client.force_login(cast.student)
    twice = [SimpleUploadedFile("main.py", b"print(1)\n"), SimpleUploadedFile("main.py", b"print(2)\n")]
    answer = client.post(reverse("submit", args=["letters"]), {"files": twice})
    assert answer.status_code == 422
    assert "Two of the uploaded files are called main.py. Rename one of them." in answer.content.decode()
    client.force_login(cast.instructor)
    twice = [SimpleUploadedFile("train.csv", b"id,x\n9,1\n"), SimpleUploadedFile("train.csv", b"id,x\n8,1\n")]
    fields = {"way": "files", "solution": SimpleUploadedFile("s.csv", b"id,label\n1,a\n"), "public": twice}
    answer = client.post(reverse("edit_data", args=["letters"]), fields)
    assert "Two of the uploaded files are called train.csv" in answer.content.decode()


def test_models_of_one_file_name_are_two_baselines(cast, bell):
    one = add_baseline(cast.competition, actor=cast.instructor, model="knn.py")
    two = add_baseline(cast.competition, actor=cast.instructor, model="regress/knn.py")
    other = add_baseline(cast.competition, actor=cast.instructor, model="regress/tree.py")
    assert (one.comment, two.comment, other.comment) == ("knn.py", "regress-knn.py", "tree.py")


def test_a_student_asks_five_questions_a_day(client, cast):
    for n in range(QUESTIONS_A_DAY):
        ask(cast.competition, f"Question {n}?", author=cast.student)
    with pytest.raises(TooManyQuestions):
        ask(cast.competition, "One more?", author=cast.student)
    client.force_login(cast.student)
    answer = client.post(reverse("discussion", args=["letters"]), {"text": "One more?"})
    assert answer.status_code == 422
    assert "You have asked 5 questions today" in answer.content.decode()
    assert cast.instructor.notifications.count() == 5
    ask(cast.competition, "And I?", author=cast.classmate)
    Post.objects.update(created_at=Post.objects.first().created_at - timedelta(days=1))
    ask(cast.competition, "One more?", author=cast.student)
