"""Every reference model on its boards: score with its spread over seeds, processor time, the library's own score.

Run as `PYTHONPATH=platform:. python benchmarks/reference_models.py [--only NAME ...] [--missing] [--seeds 5]
[--pictures] [--table] [--clock]` from the root. Each run is the file itself in the students' runtime (bare, one thread; the
sandbox has tests of its own), in a fresh folder; seconds leave out the one or two that importing the large libraries
takes. Results join `reference_models/scores.json`; `--pictures` lets each model draw the gallery's picture instead;
`--table` writes `docs/reference-models.md` and each file's last docstring line from what was measured; `--clock` runs
everything once, two at a time, and keeps nothing but the time that it took.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from arena.demo import datasets  # noqa: E402 - the roots come first
from grader.predictions import read_solution  # noqa: E402
from grader.scoring import score_file  # noqa: E402
from reference_models import boards, catalogue  # noqa: E402

RUNTIME = Path(os.environ.get("ARENA_STUDENT_RUNTIME", ROOT / ".venv-student")) / "bin" / "python"
SCORES = ROOT / "reference_models" / "scores.json"
PICTURES = ROOT / "platform" / "arena" / "static" / "gallery"
TABLE = ROOT / "docs" / "reference-models.md"
PAGE = """# Reference models

`reference_models/` holds what the course teaches: {n} files, each at once an estimator or function to read in a
sitting, a valid submission, and a baseline for a board.

    python -m grader run reference_models/knn.py --data DIR --out DIR

`catalogue.py` lists them, `boards.py` makes the data sets that the demo's competitions lack (nothing is downloaded),
and this page is written from both and from `scores.json`:

    PYTHONPATH=platform:. python benchmarks/reference_models.py              # measure all, or --only NAME...
    PYTHONPATH=platform:. python benchmarks/reference_models.py --table      # write this page

The score is the board's own metric over the whole hidden part: accuracy for digits, dialects, spam, gestures, xor, bells,
few_labels, transfer, analogies, next_letter and dungeon; the mean F1 of both classes for tumours; Kendall's tau for ranking; adjusted Rand for
groups and shapes; area under the ROC curve for outliers; root mean squared error for progress (lower is better); for
generation the share of drawn digits that a classifier recognises as what was asked for, and a Fréchet distance (lower
is better). The spread is the standard deviation over five seeds; a score without one comes from a model in which nothing
is random. In brackets, scikit-learn's own on the same features, where it has one. One run of all of it takes {minutes:.0f} minutes of
one processor core, imports of the large libraries left out; two at a time on two cores that had as much other work to do,
it took 12 minutes by the clock (`--clock`; the aim is 15).

## How they are tested

- `tests/reference_models/` checks formulas by hand, gradients by differences, agreement with scikit-learn and torch, and
  scikit-learn's own `check_estimator`. The tests run in the site's environment with the students' packages behind it
  (`tests/reference_models/conftest.py`), so no third environment (`.venv-models`) with a torch of its own is installed;
  pandas and scikit-learn have the same version in both locks, and `tests/test_locks.py` sees to that.
- `tests/reference_models/test_sandbox.py` runs each file through the real sandbox in the students' environment alone, and
  compares its score with the table below: eight files always, every file with `make test ARGS=--all`.
- All of them run on the processor; none asks for a graphics card, and nothing here was measured on one.

## Measures

What the course measures with is no model, but the grader's: `python -m grader metrics` lists every measure, and a board
may be scored by each. Of those taught: accuracy and misclassification error, the confusion matrix, precision, recall,
F-beta, the ROC curve and the area under it, average precision, the Jaccard index and its share of overlapping boxes
(`grader/metrics/classification.py`, `probabilities.py`, `overlap.py`); squared, absolute and squared logarithmic error,
Kendall's tau (`regression.py`); adjusted Rand (`clustering.py`); analogies (`embeddings.py`).

{rows}
"""
# the library's own on the same boards: an estimator, for features as most files make them, or a pipeline with its own,
# or the answers; X and Q are the columns to train on and to answer for, U those without labels
LIBRARY = {
    "knn.py": "neighbors.KNeighborsClassifier(15)",
    "mlp.py": "neural_network.MLPClassifier((64,), batch_size=64, learning_rate_init=0.01, max_iter=60)",
    "classify/kd_tree.py": "neighbors.KNeighborsClassifier(3, algorithm='kd_tree')",
    "classify/locality_hashing.py": "neighbors.KNeighborsClassifier(3)",
    "classify/perceptron.py": "linear_model.Perceptron()",
    "classify/adaline.py": "linear_model.RidgeClassifier(1e-3)",
    "classify/softmax_regression.py": "linear_model.LogisticRegression(max_iter=1000)",
    "classify/multiclass_hinge.py": "svm.LinearSVC(multi_class='crammer_singer', max_iter=5000)",
    "classify/discriminant.py": "discriminant_analysis.LinearDiscriminantAnalysis()",
    "classify/decision_tree.py": "tree.DecisionTreeClassifier(min_samples_leaf=2, random_state=0)",
    "kernels/kernel_ridge.py": "svm.SVC() if train['label'].dtype.kind != 'f' else svm.SVR(C=train['label'].std())",
    "kernels/string_kernels.py": "linear_model.LogisticRegression(max_iter=1000)",
    "kernels/svm.py": "svm.SVC(C=5)",
    "regress/linear.py": "linear_model.Ridge(10)",
    "regress/knn.py": "neighbors.KNeighborsRegressor(15)",
    "regress/tree.py": "tree.DecisionTreeRegressor(max_depth=6, min_samples_leaf=10, random_state=0)",
    "regress/losses.py": "linear_model.SGDRegressor(random_state=0)",
    "classify/random_forest.py": "ensemble.RandomForestClassifier(120, random_state=0)",
    "naive_bayes.py": "words(naive_bayes.MultinomialNB()) if is_text else raw(naive_bayes.GaussianNB(var_smoothing=1e-3))",
    "classify/discrete_naive_bayes.py": "words(naive_bayes.BernoulliNB()) if is_text else pipeline.make_pipeline("
    "preprocessing.KBinsDiscretizer(6, encode='ordinal', strategy='uniform'), naive_bayes.CategoricalNB(min_categories=6))",
    "classify/dimensions.py": "model_selection.GridSearchCV(pipeline.make_pipeline(StandardScaler(), "
    "feature_selection.SelectKBest(), neighbors.KNeighborsClassifier(3)), {'selectkbest__k': [1, 2, 4, 8, 16, 30]}, cv=4)",
    "classify/spam_filter.py": "words(linear_model.LogisticRegression())",
    "classify/model_selection.py": "model_selection.GridSearchCV(svm.SVC(), {'C': [0.3, 3, 30], "
    "'gamma': [0.1 / X.shape[1], 0.5 / X.shape[1], 1 / X.shape[1]]})",
    "networks/two_layers.py": "neural_network.MLPClassifier((32,), 'logistic', solver='sgd', batch_size=32, "
    "learning_rate_init=1, momentum=0, max_iter=120, n_iter_no_change=120, random_state=0)",
    "networks/recipes.py": "neural_network.MLPClassifier((64, 64), early_stopping=True, random_state=0)",
    "networks/optimisers.py": "neural_network.MLPClassifier((64,), batch_size=32, learning_rate_init=0.003, max_iter=40)",
    "networks/semi_supervised.py": "semi_supervised.LabelSpreading(kernel='knn', n_neighbors=6, alpha=0.95)"
    ".fit(np.vstack([X, U]), [*train['label'], *[-1] * len(U)]).predict(Q)",
    "unsupervised/kmeans.py": "cluster.KMeans(5, n_init=10, random_state=0).fit_predict(Q)",
    "unsupervised/agglomerative.py": "cluster.AgglomerativeClustering(3, linkage='single').fit_predict(Q)",
    "unsupervised/dbscan.py": "cluster.DBSCAN(0.115).fit_predict(Q)",
    "unsupervised/mixture.py": "mixture.GaussianMixture(5, n_init=8, random_state=0).fit_predict(Q)",
    "unsupervised/pca.py": "raw(decomposition.PCA(20), neighbors.KNeighborsClassifier(1))",
    "unsupervised/tsne.py": "cluster.KMeans(5, n_init=10, random_state=0)"
    ".fit_predict(manifold.TSNE(random_state=0).fit_transform(Q))",
    "unsupervised/anomalies.py": "-ensemble.IsolationForest(random_state=0).fit(X).score_samples(Q)",
    "generate/likelihood.py": "discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=1e-3)",
    "generate/robbins_monro.py": "linear_model.SGDRegressor(average=True, random_state=0)",
    "generate/bayesian_regression.py": "linear_model.BayesianRidge()",
}
LIBRARY_MAIN = """
import os, sys, warnings
import numpy as np
import pandas as pd
from sklearn import *
from sklearn import neural_network, semi_supervised
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import StandardScaler
warnings.simplefilter("ignore")

def read(name):
    path = f"data/{name}.csv"
    return pd.read_csv(path, dtype={"id": str}) if os.path.exists(path) else None

def words(model):
    return pipeline.make_pipeline(CountVectorizer(analyzer=str.split), model)

def raw(*models):
    return pipeline.make_pipeline("passthrough", *models)

train, test, unlabelled = (read(name) for name in ("train", "test", "unlabelled"))
is_text = "text" in test
columns = "text" if is_text else [c for c in test.columns if c != "id"]
X, Q, U = (None if t is None else t[columns] if is_text else t[columns].to_numpy() for t in (train, test, unlabelled))
found = eval(sys.argv[1])
if not isinstance(found, np.ndarray):
    if not isinstance(found, pipeline.Pipeline):
        step = CountVectorizer(analyzer="char", ngram_range=(2, 2)) if is_text else StandardScaler()
        found = pipeline.make_pipeline(step, found)
    found = found.fit(X, train["label"]).predict(Q)
pd.DataFrame({"id": test["id"], "label": found}).to_csv("submission.csv", index=False)
"""

LAUNCHER_MAIN = """
import json, os, signal, sys, traceback
import numpy, pandas, torch, sklearn.ensemble, sklearn.linear_model, sklearn.model_selection, sklearn.svm
for line in sys.stdin:
    job = json.loads(line)
    if child := os.fork():
        _, status, usage = os.wait4(child, 0)
        print(json.dumps([status, usage.ru_utime + usage.ru_stime]), flush=True)
        continue
    os.dup2(2, 1)
    signal.alarm(1800)
    os.chdir(job["folder"])
    os.environ.update(job["environment"])
    sys.argv = ["main.py", *job["arguments"]]
    try:
        exec(compile(job["source"], "main.py", "exec"), {"__name__": "__main__"})
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
"""


def main() -> None:
    """Measure what is asked for, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="names or folders of models; without it all of them")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--missing", action="store_true", help="leave out what has a score on each of its boards")
    parser.add_argument(
        "--pictures", action="store_true", help="let the models draw their pictures and measure nothing"
    )
    parser.add_argument("--table", action="store_true", help="write the table and measure nothing")
    parser.add_argument("--clock", action="store_true", help="say how long one run of everything takes on two cores")
    arguments = parser.parse_args()
    if arguments.clock:
        print(f"{clock():.0f} s")
        return
    if arguments.table:
        TABLE.write_text(table(), encoding="utf-8")
        for model in catalogue.MODELS:
            note(model)
        return
    for model in catalogue.MODELS:
        if arguments.only and not {model.name, model.path.split("/")[0]} & set(arguments.only):
            continue
        have = PICTURES / f"{model.slug}.png" if arguments.pictures else None
        is_there = have.exists() if have else set(model.boards) <= set(catalogue.scores().get(model.path, {}))
        if arguments.missing and is_there:
            continue
        if arguments.pictures:
            draw(model)
            continue
        for name in model.boards:
            result = measure(model.path, name, seeds=arguments.seeds)
            kept = json.loads(SCORES.read_text()) if SCORES.exists() else {}
            kept.setdefault(model.path, {})[name] = result
            SCORES.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            print(model.path, name, result, flush=True)


def clock() -> float:
    """Seconds by the clock for every model once on each of its boards, two at a time, the longest first."""
    scores, begun = catalogue.scores(), time.monotonic()
    jobs = [(scores[model.path][name]["seconds"], model, name) for model in catalogue.MODELS for name in model.boards]

    def job(found: tuple[float, catalogue.Model, str]) -> None:
        _, model, name = found
        print(model.path, name, run(board_of(name), model.source, seed=0), flush=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(job, sorted(jobs, key=lambda found: -found[0])))
    return time.monotonic() - begun


def draw(model: catalogue.Model) -> None:
    """The picture that the model draws of itself on its first board, in a palette of 64 colours."""
    made = board_of(model.boards[0])
    source = (ROOT / "reference_models" / model.path).read_text(encoding="utf-8")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = boards.write(made, Path(folder) / "data")
        (Path(folder) / "matplotlibrc").write_text("savefig.dpi: 160\n", encoding="utf-8")  # sharp on a phone
        job = {"folder": folder, "environment": {"DATA_DIR": str(data), "HOME": folder}, "source": source}
        status, seconds = launcher().ask({**job, "arguments": ["--picture", "picture.png"]})
        if status:
            raise SystemExit(f"{model.path}: status {status}")
        with Image.open(Path(folder) / "picture.png") as picture:
            picture.convert("RGB").quantize(64).save(PICTURES / f"{model.slug}.png", optimize=True)
    print(model.path, f"drawn in {seconds:.1f} s", flush=True)


def measure(path: str, name: str, *, seeds: int) -> dict[str, float]:
    """Mean, spread (standard deviation), seeds, processor seconds; seeds that change nothing are run once only."""
    board = board_of(name)
    source = (ROOT / "reference_models" / path).read_text(encoding="utf-8")
    seeds = seeds if "ARENA_SEED" in source else 1
    found = [run(board, source, seed=seed) for seed in range(seeds)]
    values = [f["value"] for f in found]
    result = {"mean": np.mean(values), "spread": np.std(values), "seeds": seeds, "seconds": found[0]["seconds"]}
    if "distance" in found[0]:
        result["distance"] = np.mean([f["distance"] for f in found])
    if path in LIBRARY:
        result["library"] = run(board, LIBRARY_MAIN, LIBRARY[path], seed=0)["value"]
    return {key: round(float(value), 4) for key, value in result.items()}


class Launcher:
    """A process of the students' runtime that has imported the large libraries once, and forks for each program."""

    def __init__(self) -> None:
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
        self.process = subprocess.Popen(
            [RUNTIME, "-c", LAUNCHER_MAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=threads
        )

    def ask(self, job: dict[str, object]) -> tuple[int, float]:
        """The program's exit status and processor seconds, imports of large libraries left out."""
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return tuple(json.loads(self.process.stdout.readline()))


OWN = threading.local()


def launcher() -> Launcher:
    """This thread's."""
    if not hasattr(OWN, "launcher"):
        OWN.launcher = Launcher()
    return OWN.launcher


def run(board: boards.Board, source: str, *arguments: str, seed: int) -> dict[str, float]:
    """Run a program on a board in a folder of its own; `value` is the overall score."""
    with tempfile.TemporaryDirectory() as folder:
        data = boards.write(board, Path(folder) / "data")
        environment = {"DATA_DIR": str(data), "ARENA_SEED": str(seed), "PATH": "/usr/bin:/bin", "HOME": folder}
        job = {"folder": folder, "environment": environment, "source": source, "arguments": list(arguments)}
        status, seconds = launcher().ask(job)
        if status:
            raise SystemExit(f"status {status}")
        made = Path(folder) / "submission.csv"
        if board.metric == "judge":
            asked = pd.read_csv(io.StringIO(board.public["test.csv"]))["digit"]
            judged = boards.judge(board, pd.read_csv(made), asked)
            return {"value": judged["recognised"], "distance": judged["distance"], "seconds": seconds}
        truth = Path(folder) / "solution.csv"
        truth.write_text(board.solution, encoding="utf-8")
        return {
            "value": score_file(made, solution=read_solution(truth, id_column="id"), metric=board.metric).overall,
            "seconds": seconds,
        }


def board_of(name: str) -> boards.Board:
    """A board by name: of `boards`, or of the demo's competitions."""
    if name in boards.BOARDS:
        return boards.BOARDS[name]()
    made = getattr(datasets, name)()
    metric = catalogue.METRICS.get(name, "accuracy_score")
    return boards.Board(public=made.public, solution=made.solution, metric=metric)


def table() -> str:
    """The documentation's page, from the catalogue and the scores."""
    scores = catalogue.scores()
    rows, folder = [], None
    for model in catalogue.MODELS:
        if (part := str(Path(model.path).parent)) != folder:
            folder = part
            rows.append(
                f"\n## {model.group}\n\n| Method | File | Data set: score ± spread | Taught in |\n|---|---|---|---|"
            )
        found = [cell(name, scores.get(model.path, {}).get(name)) for name in model.boards]
        rows.append(f"| {model.methods} | `{model.path}` | {'; '.join(found)} | {'; '.join(model.topics)} |")
    seconds = sum(r["seconds"] for boards_ in scores.values() for r in boards_.values())
    return PAGE.format(rows="\n".join(rows).strip(), n=len(catalogue.MODELS), minutes=seconds / 60)


def note(model: catalogue.Model) -> None:
    """Bring the score up to date that the file's docstring ends with."""
    path = catalogue.FOLDER / model.path
    head, docstring, rest = path.read_text(encoding="utf-8").split('"""', 2)
    found = catalogue.scores().get(model.path, {})
    line = "Score: " + "; ".join(cell(name, found.get(name)).split(" (library")[0] for name in model.boards) + "."
    text = re.split(r"\nScore: ", docstring.rstrip())[0]
    path.write_text(f'{head}"""{text}\n{textwrap.fill(line, 118)}\n"""{rest}', encoding="utf-8")


def cell(name: str, found: dict[str, float] | None) -> str:
    if found is None:
        return f"{name}: *not measured*"
    text = f"{name}: {found['mean']:.3f}" + (f" ± {found['spread']:.3f}" if found["seeds"] > 1 else "")
    if "distance" in found:
        text += f", distance {found['distance']:.0f}"
    return text + (f" (library {found['library']:.3f})" if "library" in found else "")


if __name__ == "__main__":
    main()
