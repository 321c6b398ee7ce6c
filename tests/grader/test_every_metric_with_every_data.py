"""Each metric meets each kind of data: the score is what the published definition gives, or the pair is refused.

A score that is neither is a confident wrong number. `FITS` guards the other side: what a metric was made for is scored.
"""

import csv

import numpy as np
import pytest

from grader.metrics import METRICS
from grader.predictions import InvalidPredictions, InvalidSolution, read_solution
from grader.scoring import score_file
from tests.grader.metric_data import KINDS, Data
from tests.grader.metric_references import OF_A_COLUMN, reference

SEEDS = (3, 11)
# word vectors have no table of predictions, and their reference is tests/grader/metrics/test_embeddings.py
CROSSED = [name for name, metric in METRICS.items() if metric.takes != "embeddings"]
CLASSES = ("classes 0 to 4", "classes 0 and 1", "classes -1 and 1", "classes 1 and 2", "classes as words",
           "two classes as words", "yes and no", "True and False", "grades as words",
           "classes that went through pandas", "several classes")  # fmt: skip
VALUES = ("measurements", "rough measurements", "measurements below zero", "several measurements", "classes 0 to 4",
          "measurements met exactly", "counts",
          "predictions below zero", "constant predictions")  # fmt: skip
CHANCES = ("probabilities of two classes", "several labels", "one-hot columns")


def fitting(metric: str) -> tuple[str, ...]:
    """The kinds of data that this metric was made for."""
    stem = metric.split("@")[0]
    if stem == "quadratic_weighted_kappa_score":
        return ("classes 0 to 4", "classes 0 and 1", "classes -1 and 1", "classes 1 and 2",
                "classes that went through pandas")  # fmt: skip
    if stem.startswith("binary_"):
        return ("classes 0 and 1",)
    if stem == "root_mean_squared_log_error":
        return (
            "measurements",
            "rough measurements",
            "several measurements",
            "classes 0 to 4",
            "measurements met exactly",
            "counts",
            "constant predictions",
        )
    return {
        "roc_auc_score": (*CHANCES, "scores of two classes", "percentages of two classes", "classes 0 and 1",
                          "one-hot columns that sum to more"),
        "average_precision_score": (*CHANCES, "scores of two classes", "percentages of two classes"),
        "log_loss": (*CHANCES, "one-hot columns that sum to more", "one class in private"),
        "mean_average_precision_score": ("ranked lists", "ranked lists, some empty"),
        "ndcg_score": ("ranked lists", "ranked lists, some empty"),
        "set_jaccard_score": ("ranked lists", "ranked lists, some empty"),
        "box_jaccard_score": ("boxes",),
        "mean_edit_distance": ("sentences", "classes as words"),
    }.get(stem, VALUES if METRICS[metric].takes == "values" else CLASSES)  # fmt: skip


def write(path, header, columns):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))


def scored(data: Data, metric: str, folder):
    """What Arena says of the pair: three scores, or the words of its refusal."""
    ids = [f"r{i:03}" for i in range(len(next(iter(data.truth.values()))))]
    usage = {"Usage": data.usage} if data.usage else {}
    write(folder / "solution.csv", ["id", *data.truth, *usage], [ids, *data.truth.values(), *usage.values()])
    write(folder / "predictions.csv", ["id", *data.predicted], [ids, *data.predicted.values()])
    try:
        result = score_file(folder / "predictions.csv", solution=read_solution(folder / "solution.csv"), metric=metric)
    except (InvalidSolution, InvalidPredictions) as refusal:
        return refusal.message
    return {"public": result.public, "private": result.private, "overall": result.overall}


@pytest.mark.parametrize("metric", CROSSED)
def test_a_pair_is_scored_by_the_published_definition_or_refused(metric, tmp_path):
    wrong = []
    for kind, make in KINDS.items():
        for seed in SEEDS:
            data = make(np.random.default_rng(seed))
            result = scored(data, metric, tmp_path)
            if isinstance(result, str):
                if kind in fitting(metric) or not result:
                    wrong.append(f"{kind}: refused, though made for it: {result}")
                continue
            for name, words in (("public", ["Public"]), ("private", ["Private"]), ("overall", ["Public", "Private"])):
                expected = reference(metric, *data.part(*words))
                if expected is None or result[name] != pytest.approx(expected, rel=1e-9, abs=1e-12):
                    wrong.append(f"{kind}: {name} is {result[name]}, by the definition {expected}")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_every_metric_has_a_reference():
    assert set(CROSSED) == set(OF_A_COLUMN)
