import zipfile
from datetime import date

import pytest

from grader.codabench import BadBundle, load_files, read_bundle
from grader.predictions import read_solution
from grader.scoring import score_file

YAML = b"""\
version: 2
title: Seeds
description: Three kinds
image: logo.png
image: seeds.jpg
terms: pages/terms.md
pages:
  - title: Start
    file: pages/start.md
tasks:
  - index: 0
    name: Dev
    reference_data: dev/truth/
    scoring_program: program/
  - index: 1
    name: Final
    reference_data: final/truth/
    scoring_program: program/
solutions:
  - index: 0
    tasks: [0]
    path: answers/dev
  - index: 1
    tasks:
    - 1
    path: answers/dev
phases:
  - index: 0
    name: First
    start: 3-15-2026
    end: 2026-05-01
    max_submissions_per_day: 5
    tasks:
      - 0
    public_data: public
  - index: 1
    name: Last
    start: 2026-05-02
    max_submissions: 1
    tasks:
      - 1
leaderboards:
  - title: Results
    submission_rule: "Force_Last"
    columns:
      - key: accuracy
        index: 0
        sorting: asc
"""
FILES = {
    "competition.yaml": YAML,
    "pages/terms.md": b"Play fair.",
    "pages/start.md": b"# Welcome",
    "dev/truth/label": b"0\n1\n2\n1\n",
    "final/truth/label": b"1\r\n1\r\n0\r\n",
    "answers/dev/prediction": b"0\n1\n1\n1",
    "program/metadata.yaml": b"command: python3 scoring.py",
    "program/scoring.py": b"",
    "public/train": b"1 2\n3 4\n",
    "seeds.jpg": b"\xff\xd8",
}


def codes(files):
    return [remark.code for remark in read_bundle(files).remarks]


def test_a_bundle_becomes_pages_phases_and_one_solution():
    bundle = read_bundle(FILES)
    assert (bundle.title, bundle.terms, bundle.metric) == ("Seeds", "Play fair.", "accuracy_score")
    assert [(page.title, page.text) for page in bundle.pages] == [("Start", "# Welcome")]
    first, last = bundle.phases
    assert (first.start, first.end, first.max_submissions_per_day) == (date(2026, 3, 15), date(2026, 5, 1), 5)
    assert (last.end, last.max_submissions, last.tasks) == (None, 1, (1,))
    assert bundle.public_files == {"train": b"1 2\n3 4\n"}
    assert bundle.solution_csv() == (
        "id,label,Usage\n1-1,0,Public\n1-2,1,Public\n1-3,2,Public\n1-4,1,Public\n"
        "2-1,1,Private\n2-2,1,Private\n2-3,0,Private\n"
    )


def test_its_scores_are_those_of_its_phases(tmp_path):
    bundle = read_bundle(FILES)
    (tmp_path / "s.csv").write_text(bundle.solution_csv())
    (tmp_path / "p.csv").write_text(bundle.predictions_csv([bundle.tasks[0].sample, ["1", "0", "0"]]))
    solution = read_solution(tmp_path / "s.csv")
    found = score_file(tmp_path / "p.csv", solution=solution, metric="accuracy")
    assert (found.public, found.private) == (0.75, pytest.approx(2 / 3))


def test_each_mistake_is_a_remark_for_a_person():
    assert codes(FILES) == ["repeated_key", "wrong_sample", "american_date", "wrong_sorting"]
    messages = [remark.message for remark in read_bundle(FILES).remarks]
    assert messages == [
        "competition.yaml says “image” twice; the second, on line 5, counts.",
        "The example solution of “Final” has 4 rows, its truth 3 rows: is it another task's?",
        "“3-15-2026” in “First” was read as month, day, year.",
        "The leaderboard sorts accuracy as if lower were better; here higher is.",
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"program/scoring.py": None}, "missing_file"),
        ({"seeds.jpg": None}, "missing_file"),
        ({"pages/start.md": None}, "missing_file"),
        ({"public/answers": b"0\n1\n2\n1\n"}, "public_truth"),
        ({"competition.yaml": YAML.replace(b"key: accuracy", b"key: elegance")}, "unknown_metric"),
        ({"competition.yaml": YAML.replace(b"3-15-2026", b"soon")}, "bad_date"),
        ({"competition.yaml": YAML.replace(b"3-15-2026", b"15-3-2026")}, "bad_date"),
        ({"competition.yaml": YAML.replace(b"      - 0\n", b"      - 7\n")}, "unknown_task"),
        ({"competition.yaml": YAML.replace(b"version: 2", b"version: 1.5")}, "old_version"),
        ({"competition.yaml": YAML[: YAML.index(b"leaderboards")]}, "no_metric"),
        ({"dev/truth/label": b"1\n" * 30, "final/truth/label": b"1\n" * 40}, "shared_rows"),
    ],
)
def test_what_is_doubtful_is_said(change, code):
    files = {name: data for name, data in {**FILES, **change}.items() if data is not None}
    assert code in codes(files)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"competition.yaml": None}, "no_competition_yaml"),
        ({"competition.yaml": b"a: {b: 1}"}, "bad_yaml"),
        ({"competition.yaml": b"- 1"}, "bad_yaml"),
        ({"competition.yaml": b"title: x"}, "no_tasks"),
        ({"final/truth/label": None}, "no_truth"),
        ({"final/truth/label": b"1 2\n3 4\n"}, "no_truth"),
    ],
)
def test_a_bundle_that_makes_no_competition_is_refused(change, code):
    files = {name: data for name, data in {**FILES, **change}.items() if data is not None}
    with pytest.raises(BadBundle) as caught:
        read_bundle(files)
    assert caught.value.code == code


def test_a_folder_and_an_archive_with_a_folder_inside_are_the_same_bundle(tmp_path):
    for name, data in FILES.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "folder" / "link").symlink_to("/etc/hostname")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name, data in FILES.items():
            archive.writestr(f"seeds/{name}", data)
        archive.writestr("../outside", b"x")
    folder, archived = load_files(tmp_path / "folder"), load_files(tmp_path / "b.zip")
    assert folder == FILES
    assert set(archived) == {f"seeds/{name}" for name in FILES}
    assert read_bundle(folder) == read_bundle(archived)


def test_a_damaged_archive_is_refused(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(BadBundle):
        load_files(tmp_path / "b.zip")
