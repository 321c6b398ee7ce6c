"""What the demo's students hand in: predictions of varied quality, code in varied styles, some of it broken or copied."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

HEAD = "import os\nimport pandas as pd\n"
LOAD = """train = pd.read_csv(os.path.join("data", "train.csv"), dtype={"id": str})
test = pd.read_csv("data/test.csv", dtype={"id": str})
"""
SAVE = """pd.DataFrame({"id": test["id"], "label": predictions}).to_csv("submission.csv", index=False)
"""
LOGISTIC = (
    HEAD
    + """from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

"""
    + LOAD
    + """columns = [name for name in test.columns if name != "id"]
classifier = make_pipeline(StandardScaler(), LogisticRegression(C={value}, max_iter=500))
classifier.fit(train[columns], train["label"])
print("training accuracy", classifier.score(train[columns], train["label"]))
predictions = classifier.predict(test[columns])
"""
    + SAVE
)
FOREST = """import pandas as pd
from sklearn.ensemble import RandomForestClassifier


def read(which):
    frame = pd.read_csv(f"/kaggle/input/digits/{which}.csv", dtype={"id": str})
    ids = frame.pop("id")
    return ids, frame


def main():
    _, frame = read("train")
    answer = frame.pop("label")
    forest = RandomForestClassifier(n_estimators={value}, random_state=7)
    forest.fit(frame, answer)
    ids, unseen = read("test")
    with open("submission.csv", "w") as out:
        out.write("id,label\\n")
        for key, guess in zip(ids, forest.predict(unseen)):
            out.write(f"{key},{guess}\\n")


if __name__ == "__main__":
    main()
"""
CENTROID = """import csv

import numpy as np

rows = list(csv.reader(open("data/train.csv")))
X = np.array([[float(v) for v in r[1:-1]] for r in rows[1:]])
y = np.array([r[-1] for r in rows[1:]])
shrink = {value}
means = {}
for c in sorted(set(y)):
    means[c] = X[y == c].mean(axis=0) * (1 - shrink) + X.mean(axis=0) * shrink
result = []
for r in list(csv.reader(open("data/test.csv")))[1:]:
    point = np.array([float(v) for v in r[1:]])
    best = None
    for c in means:
        far = ((point - means[c]) ** 2).sum()
        if best is None or far < best[0]:
            best = (far, c)
    result.append((r[0], best[1]))
f = open("predictions.csv", "w")
f.write("id,label\\n" + "".join("%s,%s\\n" % p for p in result))
f.close()
"""
COPIED_CENTROID = """# nearest mean, my own solution
import csv
import numpy as np

table = list(csv.reader(open("data/train.csv")))
features = np.array([[float(cell) for cell in line[1:-1]] for line in table[1:]])
targets = np.array([line[-1] for line in table[1:]])

alpha = 0.07
centres = {}
for label in sorted(set(targets)):
    # the average picture of a class
    centres[label] = features[targets == label].mean(axis=0) * (1 - alpha) + features.mean(axis=0) * alpha

answers = []
for line in list(csv.reader(open("data/test.csv")))[1:]:
    sample = np.array([float(cell) for cell in line[1:]])
    winner = None
    for label in centres:
        distance = ((sample - centres[label]) ** 2).sum()
        if winner is None or distance < winner[0]:
            winner = (distance, label)
    answers.append((line[0], winner[1]))
out = open("predictions.csv", "w")
out.write("id,label\\n" + "".join("%s,%s\\n" % pair for pair in answers))
out.close()
"""
SVM = (
    "from sklearn.svm import SVC\n"
    + HEAD
    + LOAD
    + """kept = train.columns.difference(["id", "label"])
model = SVC(kernel="rbf", gamma="scale", C={value})
model.fit(train[kept] / 16, train["label"])
predictions = model.predict(test[kept] / 16)
"""
    + SAVE
)
BROKEN = HEAD + LOAD + 'print(train["lable"].value_counts())\n'
ENDLESS = "while True:\n    pass\n"
# who hands in code to the digits: independent work, a copied solution (9 -> 21), a mistake and an endless loop
CODE: dict[int, tuple[str, str]] = {
    8: ("logistic.py", LOGISTIC.replace("{value}", "0.1")),
    16: ("forest.py", FOREST.replace("{value}", "60")),
    24: ("svm.py", SVM.replace("{value}", "0.5")),
    9: ("centroid.py", CENTROID.replace("{value}", "0.07")),
    21: ("my_solution.py", COPIED_CENTROID),
    30: ("first_try.py", BROKEN),
    41: ("solution.py", ENDLESS),
}


@dataclass(frozen=True)
class Upload:
    """Files to hand in and how many hours before now."""

    files: dict[str, bytes]
    hours_ago: float
    comment: str = ""


def predictions(solution: str, *, error_rate: float, rng: random.Random) -> bytes:
    """The truth with a share of the labels replaced: what a model of that quality would write."""
    rows = list(csv.DictReader(io.StringIO(solution)))
    labels = sorted({row["label"] for row in rows})
    lines = ["id,label"]
    for row in rows:
        wrong = rng.random() < error_rate
        lines.append(f"{row['id']},{rng.choice([x for x in labels if x != row['label']]) if wrong else row['label']}")
    return ("\n".join(lines) + "\n").encode()


def uploads(slug: str, number: int, solution: str) -> list[Upload]:
    """What student `number` hands in to a competition; deterministic. CSVs of one student get better with time."""
    rng = random.Random(f"{slug}-{number}")  # noqa: S311 - a demo, no secret
    if slug not in {"digits", "dialects"} and rng.random() < 0.45:
        return []
    worst = 0.5 * rng.betavariate(2, 8) + 0.01
    found = []
    for step in range(rng.randint(1, 2)):
        rate = worst * (1 - 0.25 * step)
        hours = round(rng.uniform(2, 40) - step, 2)
        found.append(Upload({"submission.csv": predictions(solution, error_rate=rate, rng=rng)}, hours, f"v{step + 1}"))
    if slug == "digits":
        found += _code(number)
    return found


def _code(number: int) -> list[Upload]:
    if number not in CODE:
        return []
    name, source = CODE[number]
    return [Upload({name: source.encode()}, 1.0 if number == 21 else 1.5, "code")]
