"""An archive of code keeps its folders, loses what tools leave, and can put no file anywhere else."""

import io
import zipfile
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.code import RefusedCode, check_code, unpack_archive

PROGRAM = {"main.py": b"import models.net\n", "models/__init__.py": b"", "models/net.py": b"x = 1\n"}


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


@pytest.mark.parametrize("outer", ["", "work/", "my work/copy/", "./", "work\\"])
def test_folders_stay_and_those_around_everything_go(outer: str):
    tree = {outer + name: data for name, data in PROGRAM.items()}
    bundle = check_code(unpack_archive("a.zip", zipped(tree)))
    assert (bundle.entry, bundle.sources) == ("main.py", PROGRAM)


def test_what_tools_leave_behind_is_left_out():
    left = [
        "__pycache__/main.cpython-311.pyc", "models/__pycache__/net.cpython-311.pyc", ".git/config", ".idea/x.xml",
        ".ipynb_checkpoints/main-checkpoint.py", "venv/lib/a.py", "__MACOSX/._main.py", ".DS_Store", "models/.DS_Store",
        "Thumbs.db",
    ]  # fmt: skip
    assert unpack_archive("a.zip", zipped(PROGRAM | dict.fromkeys(left, b"x"))) == PROGRAM


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../a.py", "bad_name"),
        ("b/../../a.py", "bad_name"),
        ("/etc/a.py", "bad_name"),
        ("C:\\work\\a.py", "bad_name"),
        ("na\u0308me.py", "bad_name"),
        ("Main.py", "alike_names"),
        ("main.py/b.py", "same_name"),
        ("data/read.py", "data_folder"),
        ("long/" * 20 + "b.py", "long_name"),
    ],
)
def test_a_name_that_has_no_safe_place_is_refused(name: str, code: str):
    with pytest.raises(RefusedCode) as caught:
        check_code(unpack_archive("a.zip", zipped({"main.py": b"1", name: b"1"})))
    assert caught.value.code == code


def test_two_files_that_could_start_are_named():
    with pytest.raises(RefusedCode, match=r"a\.py, b\.py") as caught:
        check_code({"a.py": b"1", "b.py": b"2", "tools/main.py": b"3"})
    assert caught.value.code == "no_entry"


def test_the_one_script_beside_packages_starts():
    assert check_code({"train.py": b"1", "tools/main.py": b"1", "tools/more.py": b"1"}).entry == "train.py"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@given(st.lists(st.text(alphabet="a./\\ .:\x00\u0301", min_size=1, max_size=12), min_size=1, max_size=4, unique=True))
def test_whatever_its_names_an_archive_gives_safe_paths_or_a_refusal(names):
    try:
        sources = check_code(unpack_archive("a.zip", zipped({f"{name}.py": b"1" for name in names}))).sources
    except RefusedCode:
        return
    for path in sources:
        assert not path.startswith("/")
        assert ".." not in PurePosixPath(path).parts
        assert len({other.lower() for other in sources}) == len(sources)
