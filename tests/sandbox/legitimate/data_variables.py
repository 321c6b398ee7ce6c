"""The data by every name it has."""

# expect: ok
import os
from pathlib import Path

texts = {Path(p, "train.csv").read_text() for p in ("data", "/data", os.environ["DATA_DIR"], "../input/letters")}
assert len(texts) == 1
Path(os.environ["OUTPUT_DIR"], "submission.csv").write_text("id,label\n1,2\n")
