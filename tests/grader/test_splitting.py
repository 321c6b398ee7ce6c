"""Cutting a labelled table into train, test, solution and sample."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.splitting import InvalidTable, split_labelled

TABLE = "id,x,label\n" + "".join(f"{i:04},{i * 2},{'rare' if i % 10 == 0 else 'common'}\n" for i in range(200))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def cut(table: str = TABLE, **options: object):
    return split_labelled(table.encode(), target_columns=("label",), **options)


def test_every_row_lands_in_exactly_one_part_and_no_label_is_given_away():
    split = cut(test_share=0.25, public_share=0.4, seed=3, keep_ids=True)
    train, test, solution = rows(split.train), rows(split.test), rows(split.solution)
    assert (split.n_train, split.n_public, split.n_private) == (150, 20, 30)
    assert sorted(r["id"] for r in train + test) == [f"{i:04}" for i in range(200)]
    assert [r["id"] for r in test] == [r["id"] for r in solution]
    assert list(test[0]) == ["id", "x"]
    truth = {r["id"]: r["label"] for r in rows(TABLE)}
    assert all(truth[r["id"]] == r["label"] for r in train + solution)
    assert all(r["label"] == "common" for r in rows(split.sample))


def test_classes_keep_their_share_in_every_part():
    split = cut(test_share=0.5, public_share=0.5)
    counts = Counter((r["Usage"], r["label"]) for r in rows(split.solution))
    assert split.is_stratified
    assert counts == {
        ("Public", "common"): 45,
        ("Public", "rare"): 5,
        ("Private", "common"): 45,
        ("Private", "rare"): 5,
    }


def test_the_same_seed_gives_the_same_bytes_and_another_one_others():
    assert cut(seed=1) == cut(seed=1)
    assert cut(seed=1).solution != cut(seed=2).solution


def test_the_order_of_the_test_rows_tells_nothing_about_public_or_label():
    usages = [r["Usage"] for r in rows(cut(test_share=0.5, public_share=0.5).solution)]
    assert 20 < sum(a != b for a, b in itertools.pairwise(usages)) < 80


def test_a_table_without_ids_gets_shuffled_ones():
    table = "x,label\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40))
    split = cut(table)
    both = rows(split.train) + rows(split.test)
    assert sorted(int(r["id"]) for r in both) == list(range(1, 41))
    assert [int(r["id"]) for r in rows(split.train)] != sorted(int(r["id"]) for r in rows(split.train))


def test_ids_that_go_by_class_and_place_are_given_out_anew_by_lot():
    table = "id,x,label\n" + "".join(f"{'ab'[i // 200]}{i:04},{i},{'ab'[i // 200]}\n" for i in range(400))
    split = cut(table, seed=5)
    whole = rows(split.train) + rows(split.test)
    assert sorted(r["id"] for r in whole) == [f"{i:03}" for i in range(1, 401)]
    for part in (split.train, split.test):
        ids, places = ([int(r[name]) for r in rows(part)] for name in ("id", "x"))
        # of about 120 rows a chance correlation stays below 0.35 but once in ten thousand
        assert abs(np.corrcoef(ids, places)[0, 1]) < 0.35
        assert abs(np.corrcoef(range(len(ids)), places)[0, 1]) < 0.35
    labels = {r["id"]: r["label"] for r in rows(split.solution)}
    assert all(labels[r["id"]] == "ab"[int(r["x"]) // 200] for r in rows(split.test))
    assert [r["id"] for r in rows(cut(table, seed=5, keep_ids=True).train)][:2] == ["a0000", "a0001"]


def test_a_numeric_target_is_cut_without_classes():
    table = "id,label\n" + "".join(f"{i},{i / 7}\n" for i in range(50))
    assert not cut(table).is_stratified


@pytest.mark.parametrize(
    ("table", "code", "said"),
    [
        ("id,x\n1,2\n", "no_target", "no column “label”; it has id, x"),
        ("id,label\n1,a\n2,\n", "empty_label", "empty in line 3"),
        ("id,label\n" + "1,a\n2,b\n" * 8, "duplicate_id", "“1” in line 4"),
        ("id,label\n1,a\n2,b\n", "too_few_rows", "2 rows"),
        ("id,label\n1,a,7\n2,b,8\n", "ragged", "more cells"),
        ("", "not_a_table", "can't be read"),
        ("id,label,Usage\n1,a,Public\n", "columns", "Usage"),
    ],
)
def test_a_table_that_cannot_be_cut_is_refused_with_what_to_mend(table, code, said):
    with pytest.raises(InvalidTable, match=said) as caught:
        cut(table)
    assert caught.value.code == code


def test_text_of_another_coding_is_refused():
    with pytest.raises(InvalidTable, match="CSV UTF-8"):
        split_labelled("id,label\n1,ț\n".encode("utf-16"), target_columns=("label",))


@settings(max_examples=40)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=12, max_size=80), st.integers(0, 99))
def test_every_class_is_within_one_row_of_its_share(labels, seed):
    table = "label\n" + "".join(f"{label}\n" for label in labels)
    split = cut(table, test_share=0.5, seed=seed)
    kept = Counter(r["label"] for r in rows(split.train))
    for label, n in Counter(labels).items():
        assert not split.is_stratified or abs(kept[label] - n / 2) <= 1
