"""The command-line client against a real site over HTTP: what it sends, prints and answers to the shell."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from arena.accounts.tokens import issue
from arena.competitions.services import add_public_file
from arena.submissions.models import Submission
from arena_client import cli
from arena_client.cli import main

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server: object, cast: SimpleNamespace, bell: list[int], monkeypatch: pytest.MonkeyPatch) -> object:
    """A site of which the shell's variables know; the caller is the cast's student."""
    monkeypatch.setenv("ARENA_URL", live_server.url)
    monkeypatch.setenv("ARENA_TOKEN", issue(cast.student, name="shell", at=timezone.now())[1])
    return live_server


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a server that hangs up without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_competitions_and_files_are_listed(site, capsys):
    assert main(["competitions", "list"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["slug", "title", "metric", "deadline", "quota_left"]
    assert row.split()[:3] == ["letters", "Letters", "accuracy"] and row.endswith("3")
    assert main(["competitions", "files", "letters"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["test.csv", "21"]


def test_files_are_downloaded_into_a_new_folder(site, tmp_path, capsys):
    assert main(["competitions", "download", "letters", "-p", str(tmp_path / "data")]) == 0
    assert (tmp_path / "data" / "test.csv").read_bytes() == b"id\n01\n02\n03\n04\n05\n06\n"


def test_a_file_is_handed_in_with_its_message_and_then_listed(site, files, tmp_path, capsys):
    path = tmp_path / "p.csv"
    path.write_bytes(files.half)
    assert main(["competitions", "submit", "letters", "-f", str(path), "-m", "încercare, „prima”"]) == 0
    row = Submission.objects.get()
    assert capsys.readouterr().out == f"Submission {row.pk} is queued.\n"
    assert row.comment == "încercare, „prima”"
    with row.files.get().file.open("rb") as stored:
        assert stored.read() == files.half
    assert main(["competitions", "submissions", "letters"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[0] == str(row.pk)


def test_code_is_practised_at_no_cost(site, cast, tmp_path, capsys):
    add_public_file(cast.competition, name="train.csv", data=b"size,label\n" + b"1,a\n2,b\n" * 10)
    path = tmp_path / "main.py"
    path.write_bytes(b"print('hello')\n")
    assert main(["competitions", "submit", "letters", "-f", str(path), "--practice"]) == 0
    row = Submission.objects.get()
    assert capsys.readouterr().out == f"Practice run {row.pk} is queued.\n"
    assert (row.use, row.counts_for_quota) == ("practice", False)
    assert main(["competitions", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("3")


def test_an_upload_whose_answer_was_lost_is_sent_again_and_taken_once(site, files, tmp_path, capsys, monkeypatch):
    path = tmp_path / "p.csv"
    path.write_bytes(files.half)
    calls = []
    really = cli.urllib.request.urlopen

    def breaking(request, **options):
        answer = really(request, **options)
        calls.append(request)
        if len(calls) == 1:
            answer.close()
            raise ConnectionResetError("reset by peer")
        return answer

    monkeypatch.setattr(cli.urllib.request, "urlopen", breaking)
    assert main(["competitions", "submit", "letters", "-f", str(path)]) == 0
    assert len(calls) == 2
    assert capsys.readouterr().out == f"Submission {Submission.objects.get().pk} is queued.\n"


def test_names_arrive_as_they_are(site, tmp_path, capsys):
    for name in ("my model.py", "parts_2.py"):
        (tmp_path / name).write_text("if __name__ == '__main__':\n    print(1)\n" if "my" in name else "X = 1\n")
    arguments = [part for name in ("my model.py", "parts_2.py") for part in ("-f", str(tmp_path / name))]
    assert main(["competitions", "submit", "letters", *arguments]) == 0, capsys.readouterr().err
    assert sorted(Submission.objects.get().files.values_list("name", flat=True)) == ["my model.py", "parts_2.py"]


def test_the_board_shows_ranks_and_an_empty_place_for_none(site, cast, files, hand_in, capsys):
    hand_in(cast.classmate, {"p.csv": files.perfect})
    hand_in(cast.instructor, {"p.csv": files.half}, is_baseline=True, comment="half.py")
    assert main(["competitions", "leaderboard", "letters"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["1", "The", "classmate", "1.0", "1"]
    assert lines[2].split() == ["half.py", "0.5", "1"]


def test_a_refusal_is_the_sites_sentence_and_exit_code_1(site, tmp_path, capsys):
    path = tmp_path / "short.csv"
    path.write_bytes(b"id,label\n01,a\n")
    assert main(["competitions", "submit", "letters", "-f", str(path)]) == 1
    captured = capsys.readouterr()
    assert "have no prediction" in captured.err and captured.out == ""


def test_an_unknown_competition_and_a_bad_token_say_so(site, capsys, monkeypatch):
    assert main(["competitions", "files", "nothing"]) == 1
    assert capsys.readouterr().err == "There is nothing of yours at this address.\n"
    monkeypatch.setenv("ARENA_TOKEN", "arena_wrong")
    assert main(["competitions", "list"]) == 1
    assert "ARENA_TOKEN" in capsys.readouterr().err


def test_files_that_are_missing_or_folders_are_named_with_exit_code_2(site, tmp_path, capsys):
    assert main(["competitions", "submit", "letters", "-f", str(tmp_path / "none.py")]) == 2
    assert "none.py" in capsys.readouterr().err
    assert main(["competitions", "submit", "letters", "-f", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err
    assert not Submission.objects.exists()


def test_a_site_that_hangs_up_is_a_sentence_and_no_traceback(site, deaf, capsys, monkeypatch):
    monkeypatch.setenv("ARENA_URL", deaf)
    assert main(["competitions", "list"]) == 1
    assert "broke off" in capsys.readouterr().err


def test_without_address_or_token_it_says_what_to_set(capsys, monkeypatch):
    for name in ("ARENA_URL", "ARENA_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert main(["competitions", "list"]) == 2
    assert "ARENA_URL" in capsys.readouterr().err


def test_the_client_needs_nothing_but_the_standard_library():
    import subprocess
    import sys

    program = Path(__file__).parents[2] / "platform"
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(program)!r}); import arena_client.cli",
        ],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
