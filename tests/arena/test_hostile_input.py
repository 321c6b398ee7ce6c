"""Names, comments and files that mean harm, and what the answers' headers promise."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from arena.accounts.models import User
from arena.accounts.tokens import issue
from arena.plain_text import file_name, one_line
from arena.submissions.archive import write_archive
from arena.submissions.models import Submission

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("=HYPERLINK(1).csv", "HYPERLINK_1_.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\boot.csv", "boot.csv"),
        ("a\u202evsc.exe.csv", "avsc.exe.csv"),
        ("a\x00b\r\nSet-Cookie: x.csv", "ab Set-Cookie_ x.csv"),
        ("predic\u0163ii s\u0326i.csv", "predic\u0163ii \u0219i.csv"),
        ("-" * 300 + ".csv", "file.csv"),
        ("a" * 300 + ".csv.gz", "a" * 87 + ".gz"),
        ("<img src=x>.csv", "img src_x_.csv"),
    ],
)
def test_a_file_gets_a_plain_name(sent, kept):
    assert file_name(sent) == kept


def test_one_line_is_composed_visible_and_short():
    assert one_line("A\u0306na\u200b\u2066 \n Pop" + "!" * 40, most=10) == "\u0102na Pop!!!"


def test_names_and_comments_of_an_upload_are_stored_plain(client, cast, files, bell):
    client.force_login(cast.student)
    upload = SimpleUploadedFile("=cmd|'calc'!A1\u202e.csv", files.half)
    client.post("/competitions/letters/submit/", {"files": upload, "comment": "first\u202e try"})
    submission = Submission.objects.get()
    assert (submission.files.get().name, submission.comment) == ("cmd__calc__A1.csv", "first try")
    download = client.get(f"/submissions/{submission.pk}/files/cmd__calc__A1.csv")
    assert download["Content-Disposition"] == 'attachment; filename="cmd__calc__A1.csv"'
    assert download["X-Content-Type-Options"] == "nosniff"
    for close in download._resource_closers:
        close()


def test_no_cell_of_the_archive_s_manifest_is_a_formula(cast, files, hand_in):
    stored = hand_in(cast.student, {"p.csv": files.half}).files.get()
    stored.name = "=1+1.csv"  # of an upload before names were made plain
    stored.save()
    with write_archive(cast.competition) as stream, zipfile.ZipFile(stream) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("manifest.csv").decode())))
    assert [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell] == []


def test_the_api_reads_no_upload_above_the_limit(client, cast, files, settings):
    settings.ARENA_MAX_UPLOAD_BYTES = 10
    token = issue(cast.student, name="t", at=timezone.now())[1]
    answer = client.post(
        "/api/v1/competitions/letters/submissions",
        {"files": SimpleUploadedFile("p.csv", files.half)},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_too_big")


def test_the_api_takes_a_comment_with_a_null_byte(client, cast, files, bell):
    token = issue(cast.student, name="t", at=timezone.now())[1]
    answer = client.post(
        "/api/v1/competitions/letters/submissions",
        {"files": SimpleUploadedFile("p.csv", files.half), "comment": "a\x00b"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["comment"]) == (201, "ab")


def test_no_page_is_kept_in_a_cache_or_shown_in_a_frame(client, cast):
    client.force_login(cast.student)
    for path in (
        "/",
        "/competitions/letters/",
        "/competitions/letters/leaderboard/",
        "/api/v1/competitions",
        "/nowhere/",
    ):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "private, no-store", path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY"), path


def test_a_person_made_by_an_admin_has_a_hashed_password_and_no_page_shows_a_hash(client, cast):
    client.force_login(cast.admin)
    new = {"email": "New@Test.example", "name": "The newcomer", "usable_password": "true"}
    client.post("/admin/accounts/user/add/", {**new, "password1": "velmor quzzak 7", "password2": "velmor quzzak 7"})
    assert User.objects.get(email="new@test.example").check_password("velmor quzzak 7")
    page = client.get(f"/admin/accounts/user/{cast.student.pk}/change/").content.decode()
    assert cast.student.password not in page
    token = issue(cast.student, name="t", at=timezone.now())[0]
    page = client.get(f"/admin/accounts/apitoken/{token.pk}/change/").content.decode()
    assert token.digest not in page


@pytest.mark.parametrize("number", ["x", "", "\u00b2", "\u0663", "9" * 30, "-1"])
def test_a_number_that_is_none_is_no_fault_of_ours(client, cast, number):
    client.force_login(cast.student)
    sent = (
        ("/competitions/letters/rules/accept/", {"version": number}, 404),
        ("/courses/ml/marks/mine/ask/", {"line": number, "message": "m"}, 302),
        ("/courses/ml/presentations/", {"slot": number}, 404),
    )
    assert [client.post(path, data).status_code for path, data, _ in sent] == [status for *_, status in sent]
    client.force_login(cast.assistant)
    assert client.post("/courses/ml/marks/requests/", {"request": number}).status_code == 404


def test_huge_ids_in_addresses_are_not_found(client, cast):
    client.force_login(cast.student)
    for path in (f"/submissions/{10**30}/", f"/cases/{10**30}/", f"/labs/{10**30}/"):
        assert client.get(path).status_code == 404, path
