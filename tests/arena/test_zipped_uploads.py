"""A zipped table is handed in as the table itself; nothing is opened for who may hand in nothing more."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from arena.submissions.intake import Refused, submit
from grader.containers import opening


def zipped(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return data.getvalue()


def test_a_zipped_table_is_stored_and_scored_as_the_table(cast, files, hand_in):
    submission = hand_in(cast.student, {"mine.zip": zipped(predictions_csv=files.perfect)})
    assert submission.result.private_score == 1.0
    stored = submission.files.get()
    with stored.file.open() as file:
        assert (stored.name, file.read()) == ("predictions.csv", files.perfect)


@pytest.mark.parametrize("kind", ["both", "code"])
def test_a_zip_with_code_is_code_although_a_table_is_in_it(cast, files, hand_in, kind):
    cast.competition.kind = kind
    cast.competition.save()
    with pytest.raises(Refused) as caught:
        hand_in(cast.student, {"mine.zip": zipped(main_py=b"print(1)", predictions_csv=files.perfect)}, judged=False)
    assert caught.value.code == "wrong_type"
    assert hand_in(cast.student, {"mine.zip": zipped(main_py=b"print(1)")}, judged=False).type == "code"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped(a_csv=b"id\n", b_csv=b"id\n"), "tables_in_zip"),
        (zipped(a_txt=b""), "no_table_in_zip"),
        (b"PK\x03\x04", "bad_zip"),
    ],
)
def test_an_archive_without_one_table_is_refused_by_name(cast, hand_in, data, code):
    cast.competition.kind = "predictions"
    cast.competition.save()
    with pytest.raises(Refused) as caught:
        hand_in(cast.student, {"mine.zip": data}, judged=False)
    assert caught.value.code == code


def test_nothing_is_opened_after_the_deadline_or_the_last_submission(cast, files, hand_in, monkeypatch):
    for _ in range(3):
        hand_in(cast.student, {"a.csv": files.half}, judged=False)
    monkeypatch.setattr(opening.subprocess, "Popen", lambda *_, **__: pytest.fail("a container was opened"))
    bomb = {"mine.zip": zipped(predictions_csv=files.perfect)}
    for user, at, code in (
        (cast.student, timezone.now(), "quota_used"),
        (cast.classmate, timezone.now() + timedelta(days=2), "closed"),
        (cast.outsider, timezone.now(), "not_a_member"),
    ):
        with pytest.raises(Refused) as caught:
            submit(user, cast.competition, files=bomb, at=at)
        assert caught.value.code == code
