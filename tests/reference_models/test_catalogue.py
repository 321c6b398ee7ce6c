"""The catalogue, the files, the documentation and the boards tell the same story."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_models.boards import BOARDS
from reference_models.catalogue import FOLDER, METRICS, MODELS, scores

DEMO = {"digits", "tumours", "dialects"}
NO_MODELS = {"boards.py", "catalogue.py"}


def test_every_file_is_in_the_catalogue_once():
    files = {str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.py") if p.name != "__init__.py"}
    assert sorted(m.path for m in MODELS) == sorted(files - NO_MODELS)


def test_every_board_exists():
    assert {board for m in MODELS for board in m.boards} <= DEMO | set(BOARDS)


def test_a_score_is_said_to_count_what_its_board_counts():
    named = {name: METRICS.get(name, "accuracy") for name in BOARDS}
    counted = {name: make().metric.removesuffix("_score") for name, make in BOARDS.items()}
    assert {name: metric.removesuffix("_score") for name, metric in named.items()} == {
        **counted,
        "generation": "recognised",
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.path)
def test_a_model_is_one_short_file_that_says_what_it_scores(model):
    text = (FOLDER / model.path).read_text(encoding="utf-8")
    docstring = text.split('"""')[1]
    assert {"Idea", "Source", "Score"} <= {line.split(":")[0] for line in docstring.replace(". ", "\n").split("\n")}
    assert len(text.splitlines()) <= 150
    assert set(scores()[model.path]) == set(model.boards)


def test_the_documentation_names_every_model():
    text = (FOLDER.parent / "docs" / "reference-models.md").read_text(encoding="utf-8")
    assert [m.path for m in MODELS if f"`{m.path}`" not in text] == []
    assert "not measured" not in text


def test_the_boards_are_the_same_each_time():
    assert BOARDS["shapes"]() == BOARDS["shapes"]()
    assert BOARDS["dungeon"]() == BOARDS["dungeon"]()
    assert all(Path(name).suffix in {".csv", ".json"} for name in BOARDS["bells"]().public)
