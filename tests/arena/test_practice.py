"""Practice runs: the same sandbox on a part of train.csv, with no quota, no rank and no witness."""

from __future__ import annotations

import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.competitions.services import add_public_file
from arena.leaderboards.models import BoardRow
from arena.submissions.archive import write_archive
from arena.submissions.intake import Refused, quota_left
from arena.submissions.models import Submission, Use
from arena.submissions.practice import practice_data

TRAIN = "size,label\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(20))
# odd sizes are b; says how many rows it got
PROGRAM = b"""import csv
rows = list(csv.DictReader(open("data/train.csv")))
print(len(rows), sorted(rows[0]))
with open("submission.csv", "w") as out:
    out.write("id,label\\n")
    for row in csv.DictReader(open("data/test.csv")):
        out.write(row["id"] + "," + "ab"[int(row["size"]) % 2] + "\\n")
"""


@pytest.fixture
def practised(cast):
    add_public_file(cast.competition, name="train.csv", data=TRAIN.encode())
    return cast.competition


def test_the_part_that_judges_is_not_what_the_program_sees(practised):
    data = practice_data(practised)
    assert sorted(file.name for file in data.folder.iterdir()) == ["sample_submission.csv", "test.csv", "train.csv"]
    assert (data.folder / "test.csv").read_text().splitlines()[0] == "id,size"
    train = (data.folder / "train.csv").read_text().splitlines()
    test = (data.folder / "test.csv").read_text().splitlines()
    assert (train[0], len(train), len(test)) == ("size,label", 15, 7)
    sizes = {line.split(",")[0] for line in train[1:]} | {line.split(",")[1] for line in test[1:]}
    assert sizes == {str(i) for i in range(20)}
    assert data.truth.target_columns == ("label",)
    assert practice_data(practised).truth.ids[0] == data.truth.ids[0]


def test_a_practice_run_is_judged_and_leaves_no_trace_in_quota_board_or_archive(cast, practised, hand_in):
    run = hand_in(cast.student, {"main.py": PROGRAM}, use=Use.PRACTICE)
    assert (run.verdict, run.private_score, run.public_score) == ("ok", 1.0, None)
    assert run.result.stdout.strip() == "14 ['label', 'size']"
    assert quota_left(cast.student, practised, at=timezone.now()) == 3
    assert not BoardRow.objects.exists()
    assert list(practised.submissions.all()) == list(Submission.entries.all()) == []
    with write_archive(practised) as stream:
        assert zipfile.ZipFile(stream).namelist() == ["manifest.csv"]


def test_one_practice_run_at_a_time_beside_any_number_of_submissions(cast, practised, hand_in):
    hand_in(cast.student, {"main.py": PROGRAM}, use=Use.PRACTICE, judged=False)
    with pytest.raises(Refused, match="not finished yet"):
        hand_in(cast.student, {"main.py": PROGRAM}, use=Use.PRACTICE, judged=False)
    hand_in(cast.classmate, {"main.py": PROGRAM}, use=Use.PRACTICE, judged=False)
    for _ in range(3):
        hand_in(cast.student, {"main.py": PROGRAM}, judged=False)
    with pytest.raises(Refused, match="used all 3"):
        hand_in(cast.student, {"main.py": PROGRAM}, judged=False)


def test_a_full_quota_does_not_stop_a_practice_run(cast, practised, files, hand_in):
    for _ in range(3):
        hand_in(cast.student, {"p.csv": files.half}, judged=False)
    assert hand_in(cast.student, {"main.py": PROGRAM}, use=Use.PRACTICE, judged=False).use == "practice"


def test_predictions_or_a_train_file_without_labels_give_no_practice(cast, files, practised, hand_in):
    with pytest.raises(Refused, match="is for code"):
        hand_in(cast.student, {"p.csv": files.half}, use=Use.PRACTICE, judged=False)
    add_public_file(practised, name="train.csv", data=b"size\n1\n2\n")
    with pytest.raises(Refused, match=r"no labelled train\.csv"):
        hand_in(cast.student, {"main.py": PROGRAM}, use=Use.PRACTICE, judged=False)
    assert not Submission.objects.exists()


def test_its_author_alone_sees_a_practice_run(client, cast, practised, hand_in):
    run = hand_in(cast.student, {"main.py": PROGRAM}, use=Use.PRACTICE, judged=False)
    address = reverse("submission", args=[run.pk])
    for user in (cast.classmate, cast.assistant, cast.instructor, cast.admin, cast.outsider):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.get(reverse("submission_file", args=[run.pk, "main.py"])).status_code == 404
    client.force_login(cast.student)
    assert "Practice run" in client.get(address).content.decode()
    assert address in client.get("/competitions/letters/submissions/").content.decode()
    for name in ("withdraw_submission", "select_submission", "disqualify_submission"):
        assert client.post(reverse(name, args=[run.pk])).status_code == 404


def test_the_button_starts_a_practice_run(client, cast, practised, bell):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(cast.student)
    assert 'name="practice"' in client.get("/competitions/letters/submit/").content.decode()
    client.post("/competitions/letters/submit/", {"files": SimpleUploadedFile("main.py", PROGRAM), "practice": "1"})
    assert Submission.objects.get().use == "practice"
