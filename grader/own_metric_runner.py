"""Runs inside the sandbox, beside `metric.py`: call its `score` for each part and leave the scores as JSON.

The file is called `submission.csv` because that is what a sandbox brings back.
"""

import json
import sys
import traceback
from pathlib import Path


def main() -> int:
    """Exit 0 with an answer; 1 with the traceback on stderr."""
    import pandas as pd

    data = Path("data")
    settings = json.loads((data / "settings.json").read_text(encoding="utf-8"))
    types = dict.fromkeys([settings["id"], *settings["text"]], str)
    answer: dict[str, object]
    try:
        import metric  # type: ignore[import-not-found]

        scores: dict[str, float | None] = {}
        for part in ("public", "private", "overall"):
            if (data / f"{part}.solution.csv").exists():
                frames = [
                    pd.read_csv(data / f"{part}.{kind}.csv", dtype=types, keep_default_na=False)
                    for kind in ("solution", "submission")
                ]
                scores[part] = float(metric.score(*frames, settings["id"]))
        answer = {"scores": scores}
    except Exception as error:  # whatever a stranger's metric raises is told, not judged
        if type(error).__name__ != "ParticipantVisibleError":
            traceback.print_exc()
            return 1
        answer = {"refused": str(error)}
    Path("submission.csv").write_text(json.dumps(answer), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
