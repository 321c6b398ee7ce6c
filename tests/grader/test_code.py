import io
import zipfile

import pytest

from grader.code import RefusedCode, check_code, unpack_archive


def refusal(files: dict[str, bytes]) -> str:
    with pytest.raises(RefusedCode) as caught:
        check_code(files)
    return caught.value.code


def test_one_file_is_its_own_entry_and_a_report_may_come_along():
    bundle = check_code({"a.py": b"print(1)", "report.pdf": b"%PDF"})
    assert (bundle.entry, list(bundle.sources), bundle.report) == ("a.py", ["a.py"], ("report.pdf", b"%PDF"))


def test_the_entry_is_main_py_or_the_only_guarded_file():
    guard = b'if __name__ == "__main__":\n    pass\n'
    assert check_code({"main.py": b"1", "b.py": guard}).entry == "main.py"
    assert check_code({"a.py": b"1", "b.py": guard}).entry == "b.py"
    assert refusal({"a.py": b"1", "b.py": b"2"}) == "no_entry"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"a.ipynb": b"{}"}, "notebook"),
        ({"a.py": b'{"cells": [], "nbformat": 4}'}, "notebook"),
        ({"a.py": b"x\0y"}, "binary_source"),
        ({"a.py": b"  "}, "empty_source"),
        ({"a.py": b"#" * (2**20 + 1)}, "source_too_big"),
        ({"../a.py": b"1"}, "bad_name"),
        ({".a.py": b"1"}, "bad_name"),
        ({"a.exe": b"1"}, "wrong_type"),
        ({"report.pdf": b"1"}, "no_source"),
        ({f"a{i}.py": b"1" for i in range(11)}, "too_many"),
    ],
)
def test_what_is_no_code_submission_is_refused(files, code):
    assert refusal(files) == code


def test_a_syntax_error_is_refused_with_its_line_but_a_newer_runtime_may_know_it():
    with pytest.raises(RefusedCode) as caught:
        check_code({"a.py": b"x = 1\ndef ("})
    assert (caught.value.code, caught.value.params["line"]) == ("syntax_error", 2)
    assert check_code({"a.py": b"def ("}, python=(3, 99)).entry == "a.py"


def test_an_archive_loses_its_links():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.py", "1")
        link = zipfile.ZipInfo("b.py")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert unpack_archive("x.zip", data.getvalue()) == {"a.py": b"1"}


def test_a_broken_archive_is_refused():
    with pytest.raises(RefusedCode, match="no readable"):
        unpack_archive("x.zip", b"PK")
