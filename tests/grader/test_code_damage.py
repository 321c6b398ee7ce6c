"""Damaged archives and odd sources are refused, never a crash."""

import contextlib
import io
import random
import zipfile

import pytest

from grader.code import RefusedCode, check_code, unpack_archive


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.filterwarnings("ignore::UserWarning:zipfile")
def test_a_damaged_archive_is_unpacked_or_refused(method: int):
    whole, rng = io.BytesIO(), random.Random(1)
    with zipfile.ZipFile(whole, "w", method) as archive:
        archive.writestr("a.py", b"print(1)\n" * 300)
        archive.writestr("b.py", rng.randbytes(500))
    for _ in range(25):  # each starts a child process
        data = bytearray(whole.getvalue())
        for _ in range(rng.choice((1, 2, 4))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with contextlib.suppress(RefusedCode):
            unpack_archive("x.zip", bytes(data))


def test_an_archive_with_damaged_contents_says_so():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.py", b"print(1)\n" * 300)
    data = bytearray(whole.getvalue())
    data[60:70] = b"\xff" * 10
    with pytest.raises(RefusedCode) as caught:
        unpack_archive("x.zip", bytes(data))
    assert caught.value.code == "bad_archive"


def test_a_condition_too_deep_to_look_into_is_no_main_guard():
    deep = b"if x" + b".a" * 1000 + b": pass\n"
    with pytest.raises(RefusedCode) as caught:
        check_code({"a.py": deep, "b.py": b"1"})
    assert caught.value.code == "no_entry"


def test_a_notebook_behind_a_byte_order_mark_is_still_a_notebook():
    with pytest.raises(RefusedCode) as caught:
        check_code({"a.py": b'\xef\xbb\xbf{"cells": []}'})
    assert caught.value.code == "notebook"
