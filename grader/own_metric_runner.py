"""Runs inside the sandbox, beside `metric.py`: call its `score` for each part and leave the answer as JSON.

The file is called `submission.csv` because that is what a sandbox brings back. The answer has one of three shapes:
`{"scores": {part: number}, "tries": {name: number}}`, `{"refused": text}`, `{"wrong": {"part", "type", "shown"}}`.
"""

import json
import math
import os
import sys
import traceback
from numbers import Real
from pathlib import Path

# where the answer belongs, whatever the program does to the working directory
HOME = Path.cwd()
PARTS = ("public", "private", "overall")
EMPTY = "The metric refuses these predictions and doesn't say why."


class WrongType(Exception):
    """What `score` returned is no number."""


def number_of(value: object) -> float:
    """A number of Python's or NumPy's, or an array or tensor without axes that holds one. Raises `WrongType`."""
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):
        value = value.item()  # type: ignore[attr-defined]
    if isinstance(value, bool) or not (isinstance(value, Real) or type(value).__name__ == "Decimal"):
        raise WrongType
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return math.inf


def is_visible(error: BaseException) -> bool:
    """Whether the participant reads it: the exception's own name, or that of a parent, says so."""
    return any(kind.__name__ == "ParticipantVisibleError" for kind in type(error).__mro__)


def main() -> int:
    """Exit 0 with an answer; 1 with the traceback on stderr."""
    import pandas as pd

    data = HOME / "data"
    settings = json.loads((data / "settings.json").read_text(encoding="utf-8"))
    types = dict.fromkeys([settings["id"], *settings["text"]], str)

    def score(part: str, *, backwards: bool = False) -> float:
        """Each call gets tables of its own: a program may change what it is given."""
        frames = [
            pd.read_csv(data / f"{part}.{kind}.csv", dtype=types, keep_default_na=False)
            for kind in ("solution", "submission")
        ]
        if backwards:
            frames = [frame.iloc[::-1].reset_index(drop=True) for frame in frames]
        value = metric.score(*frames, settings["id"])
        try:
            return number_of(value)
        except WrongType:
            shown = {"part": part, "type": type(value).__name__, "shown": repr(value)[:200]}
            raise WrongType(shown) from None

    answer: dict[str, object]
    try:
        sys.path.insert(0, str(HOME))
        import metric  # type: ignore[import-not-found]

        parts = [part for part in PARTS if (data / f"{part}.solution.csv").exists()]
        answer = {"scores": {part: score(part) for part in parts}}
        if settings.get("is_trial"):
            answer["tries"] = {"again": score(parts[-1])}
            try:
                answer["tries"] |= {"backwards": score(parts[-1], backwards=True)}  # type: ignore[operator]
            except Exception as error:
                answer["tries"] |= {"order": type(error).__name__}  # type: ignore[operator]
    except WrongType as error:
        answer = {"wrong": error.args[0]}
    except BaseException as error:  # whatever a stranger's metric raises is told, not judged; sys.exit too
        if not is_visible(error):
            traceback.print_exc()
            return 1
        answer = {"refused": str(error).strip() or EMPTY}
    (HOME / "submission.csv").write_text(json.dumps(answer), encoding="utf-8")
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # threads and exit handlers of the program can't hold up or change what is said by now
    os._exit(code)
