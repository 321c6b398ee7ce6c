"""The command line: a CSV of pairs, a report, and exit codes."""

import csv
import json
from pathlib import Path

import pytest

from plagiarism.cli import main

ORIGINAL = "\n".join(f"step_{i} = library_{i}(step_{max(i - 1, 0)}, width={i})" for i in range(25))
RENAMED = "# mine\n" + ORIGINAL.replace("step_", "value_")
UNRELATED = "\n".join(f"for k in range({i}):\n    print(other_{i}[k] ** 2)" for i in range(25))


def test_compare_puts_the_renamed_copy_first(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for name, text in {"a.py": ORIGINAL, "b.py": RENAMED, "c.py": UNRELATED}.items():
        (source / name).write_text(text, encoding="utf-8")
    pairs, html = tmp_path / "pairs.csv", tmp_path / "report.html"
    assert main(["compare", str(source), "--pairs", str(pairs), "--html", str(html)]) == 0
    with pairs.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (rows[0]["file_a"], rows[0]["file_b"]) == ("a.py", "b.py")
    assert float(rows[0]["similarity"]) >= 0.5
    assert "http" not in html.read_text(encoding="utf-8")


def test_a_missing_folder_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(tmp_path / "none"), "--pairs", str(tmp_path / "p.csv")]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "no_folder"


def test_show_prints_regions_of_a_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text(ORIGINAL, encoding="utf-8")
    (tmp_path / "b.py").write_text(RENAMED, encoding="utf-8")
    assert main(["show", str(tmp_path / "a.py"), str(tmp_path / "b.py")]) == 0
    assert "library_3" in capsys.readouterr().out
