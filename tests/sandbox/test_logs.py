"""Logs are bounded and harmless, at the end and while a program runs."""

from __future__ import annotations

import pytest

from grader.sandbox.logs import KEPT_BYTES, LiveLog, Log, clean


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain\ttext\n", "plain\ttext\n"),
        (b"\x1b[31mred\x1b[0m", "[31mred[0m"),
        (b"\x1b]52;c;ZXZpbA==\x07", "]52;c;ZXZpbA=="),
        ("\u202eevil\u2069".encode(), "evil"),
        (b"a\x00b\x7fc", "abc"),
        ("\x85\x9b".encode(), ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"1%\r2%\r\n", "1%\n2%\n"),
        ("ș 東 🙂".encode(), "ș 東 🙂"),
    ],
)
def test_what_could_harm_a_reader_is_gone(data: bytes, text: str):
    assert clean(data) == text


def test_a_long_log_keeps_its_beginning_and_its_end_and_says_what_is_missing():
    log = Log()
    log.add(b"first\n")
    for _ in range(100):
        log.add(b"x" * 20_000)
    log.add(b"\nlast\n")
    text = log.text()
    assert log.total_bytes == 2_000_012
    assert text.startswith("first\n")
    assert text.endswith("\nlast\n")
    assert f"[... {2_000_012 - 2 * KEPT_BYTES} bytes left out ...]" in text


def live() -> tuple[LiveLog, list[tuple[str, str]]]:
    heard: list[tuple[str, str]] = []
    return LiveLog(lambda stream, text: heard.append((stream, text))), heard


def test_lines_come_whole_and_not_too_often():
    log, heard = live()
    log.add("stdout", b"epoch 1\nepo", at=0.0)
    log.add("stdout", b"ch 2\n", at=0.1)
    assert heard == [("stdout", "epoch 1\n")]
    log.flush(at=0.6)
    assert heard[1:] == [("stdout", "epoch 2\n")]


def test_streams_do_not_wait_for_each_other():
    log, heard = live()
    log.add("stdout", b"a\n", at=0.0)
    log.add("stderr", b"b\n", at=0.0)
    assert heard == [("stdout", "a\n"), ("stderr", "b\n")]


def test_a_progress_bar_is_seen_to_move():
    log, heard = live()
    log.add("stderr", b"\r 10%|#  |", at=0.0)
    log.add("stderr", b"\r 20%|## |", at=1.0)
    log.flush(at=9.0, final=True)
    assert "".join(text for _, text in heard) == "\n 10%|#  |\n 20%|## |"


def test_of_a_flood_the_latest_comes_with_a_mark_and_a_bound():
    log, heard = live()
    log.add("stdout", b"start\n", at=0.0)
    for n in range(100):
        log.add("stdout", b"%05d\n" % n * 1000, at=0.01)
    log.flush(at=1.0)
    (_, text) = heard[1]
    assert text.startswith("[... 591808 bytes left out ...]\n")
    assert text.endswith("00099\n")
    assert len(text) < 8300


def test_what_waits_is_handed_on_at_the_end():
    log, heard = live()
    log.add("stdout", b"no newline", at=0.0)
    assert heard == []
    log.flush(at=0.1, final=True)
    assert heard == [("stdout", "no newline")]
