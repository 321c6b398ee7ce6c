"""Whatever form a leak has, it is found; and a table without one is not accused."""

from __future__ import annotations

import gzip
from dataclasses import replace

import numpy as np
import pytest

from grader.leaks import Leak, bounded, containers, find_leaks
from grader.predictions import read_solution
from tests.grader.leaks.plants import PLANTS, World, csv_of, with_file, world


def found_in(made: World, folder) -> list[Leak]:
    path = folder / "solution.csv"
    path.write_bytes(csv_of(made.solution))
    return find_leaks(made.public, read_solution(path), hidden_file=path.read_bytes())


@pytest.mark.parametrize("is_classes", [True, False])
@pytest.mark.parametrize("form", PLANTS)
@pytest.mark.parametrize("seed", range(2))
def test_a_planted_leak_of_any_form_is_found(tmp_path, form, is_classes, seed):
    rng = np.random.default_rng([seed, is_classes])
    leaks = found_in(PLANTS[form](world(rng, is_classes=is_classes), rng), tmp_path)
    assert any(leak.is_sure for leak in leaks), leaks


@pytest.mark.parametrize("seed", range(20))
def test_a_table_without_a_leak_is_not_accused(tmp_path, seed):
    rng = np.random.default_rng(seed)
    assert [leak for leak in found_in(world(rng, is_classes=seed % 3 > 0), tmp_path) if leak.is_sure] == []


def test_what_an_archive_holds_beyond_the_bounds_is_said(tmp_path):
    deep = b"x" * 100
    for _ in range(6):
        deep = gzip.compress(deep)
    made = with_file(world(np.random.default_rng(1), is_classes=True), "deep.gz", deep)
    assert [(leak.code, leak.is_sure) for leak in found_in(made, tmp_path)] == [("not_searched", False)]


def test_a_feature_that_determines_the_label_is_a_warning_and_a_good_one_is_nothing(tmp_path):
    made = world(np.random.default_rng(2), is_classes=True)
    fine = np.random.default_rng(3).integers(0, 3, len(made.test)).astype(str)
    labels = made.solution["label"].to_numpy()
    split = replace(made, test=made.test.assign(odour=[a + b for a, b in zip(labels, fine, strict=True)]))
    assert [(leak.code, leak.is_sure) for leak in found_in(split, tmp_path)] == [("determines", False)]


def test_ids_that_start_anew_in_the_test_table_accuse_nobody(tmp_path):
    made = world(np.random.default_rng(4), is_classes=True)
    lot = np.random.default_rng(5).permutation(len(made.train)) + 1
    made = replace(
        made,
        train=made.train.assign(id=lot),
        test=made.test.assign(id=range(1, len(made.test) + 1)),
        solution=made.solution.assign(id=range(1, len(made.test) + 1)),
    )
    assert [leak for leak in found_in(made, tmp_path) if leak.is_sure] == []


def test_packed_files_are_searched_in_a_child_that_says_when_its_bounds_end_it(tmp_path, monkeypatch):
    made = world(np.random.default_rng(6), is_classes=True)
    made = with_file(made, "a.gz", gzip.compress(csv_of(made.solution)))
    path = tmp_path / "solution.csv"
    path.write_bytes(csv_of(made.solution))
    solution = read_solution(path)
    found = bounded.search(made.public, solution, hidden_file=path.read_bytes())
    assert [(leak.code, leak.file, leak.is_sure) for leak in found] == [("solution", "a.gz › …", True)]
    monkeypatch.setattr(bounded, "WALL_S", 0.01)
    found = bounded.search(made.public, solution, hidden_file=path.read_bytes())
    assert [(leak.code, leak.is_sure) for leak in found] == [("not_searched", False)]


def test_an_archive_that_swells_ends_at_the_bounds():
    budget = containers.Budget(n_bytes=10**6)
    sizes = [len(data) for _name, data in containers.contents("a.gz", gzip.compress(bytes(10**8)), budget)]
    assert len(sizes) == 1
    assert budget.unread == "a.gz"
