"""Every model through the real sandbox on its first board: it hands in, and scores what the documentation says."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from arena.demo import datasets
from grader.outcome import Verdict
from grader.predictions import read_solution
from grader.sandbox import Job, Limits, open_sandbox
from grader.scoring import score_file
from reference_models.boards import BOARDS, Board, judge, write
from reference_models.catalogue import METRICS, MODELS, Model, scores

pytestmark = pytest.mark.sandbox
# one of each folder, of those that are done in a moment; the others run at night
FAST = {
    "naive_bayes.py",
    "classify/decision_tree.py",
    "kernels/svm.py",
    "regress/linear.py",
    "networks/decision_process.py",
    "represent/cooccurrence.py",
    "unsupervised/kmeans.py",
    "generate/robbins_monro.py",
}
ALL = [pytest.param(m, id=m.path, marks=() if m.path in FAST else pytest.mark.slow) for m in MODELS]


def board(name: str) -> Board:
    if name in BOARDS:
        return BOARDS[name]()
    made = getattr(datasets, name)()
    return Board(public=made.public, solution=made.solution, metric=METRICS.get(name, "accuracy_score"))


@pytest.mark.parametrize("model", ALL)
def test_a_model_hands_in_and_scores_as_documented(tmp_path: Path, runtime: Path, model: Model):
    made, expected = board(model.boards[0]), scores()[model.path][model.boards[0]]
    data = write(made, tmp_path / "data")
    entry = Path(model.path).name
    job = Job(
        sources={entry: model.source.encode()},
        entry=entry,
        data_dir=data,
        out_dir=tmp_path,
        runtime=runtime,
        limits=Limits(wall_time_s=500),
    )
    result = open_sandbox().run(job)
    assert result.verdict is Verdict.OK, result.stderr
    if made.metric == "judge":
        asked = pd.read_csv(io.StringIO(made.public["test.csv"]))["digit"]
        value = judge(made, pd.read_csv(result.output), asked)["recognised"]
    else:
        truth = tmp_path / "solution.csv"
        truth.write_text(made.solution, encoding="utf-8")
        value = score_file(
            Path(result.output), solution=read_solution(truth, id_column="id"), metric=made.metric
        ).overall
    assert value == pytest.approx(expected["mean"], rel=0.02, abs=0.03 + 4 * expected["spread"])
