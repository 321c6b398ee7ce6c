"""Any number of public files, under the names that they have now, in the folder that programs see."""

import pytest

from arena.competitions.selectors import data_folder
from arena.competitions.services import add_public_file

pytestmark = pytest.mark.django_db


def test_any_number_of_public_files_and_long_names_make_a_folder(cast):
    names = [f"part-{n:02}-{'x' * 60}.csv" for n in range(60)]
    for name in names:
        add_public_file(cast.competition, name=name, data=name.encode())
    assert {path.name for path in data_folder(cast.competition).iterdir()} >= set(names)


def test_a_renamed_or_swapped_public_file_is_seen_under_its_new_name(cast):
    add_public_file(cast.competition, name="more.csv", data=b"more")
    data_folder(cast.competition)
    test, more = cast.competition.files.get(name="test.csv"), cast.competition.files.get(name="more.csv")
    for row, name in ((more, "other.csv"), (test, "more.csv"), (more, "test.csv")):
        row.name = name
        row.save()
    seen = {path.name: path.read_bytes() for path in data_folder(cast.competition).iterdir()}
    assert seen["test.csv"] == b"more"
    assert set(seen) == {"test.csv", "more.csv"}
