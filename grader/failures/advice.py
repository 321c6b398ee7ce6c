"""Which advice fits a failure. What each says stands in `sentences.py`; the site translates it by its code."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.failures.causes import CAUSES
from grader.failures.failure import Failure

# of the contract's runtime, by the names that one imports
PACKAGES = (
    "numpy", "scipy", "pandas", "sklearn", "torch", "keras", "matplotlib", "PIL", "cv2", "skimage", "tqdm", "joblib",
    "xgboost", "lightgbm",
)  # fmt: skip
SHOWN = 20
# the file is imported instead of the package of that name
SHADOWED = "own_file_shadows"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What lies around the program: its own files, the public files, and the columns of the tables among these."""

    sources: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to do: a code of `sentences.SENTENCES` and what fills its sentence."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def advise(failure: Failure, around: Surroundings) -> Advice | None:
    """The advice for an error or, where none fits, for what it came from."""
    if shadow := _shadow(failure, around):
        return Advice(code=SHADOWED, params={"name": shadow})
    for one in (failure, *failure.causes):
        text = f"{one.text}\n{one.whole}"[:3000]
        for cause in CAUSES:
            if cause.types and one.type not in cause.types:
                continue
            if (found := cause.pattern.search(text)) is None:
                continue
            params = {key: value[:120] for key, value in found.groupdict().items() if value is not None}
            return Advice(code=cause.code, params=params | dict(_more(cause.code, params, around)))
    return None


def _shadow(failure: Failure, around: Surroundings) -> str | None:
    """An own file with the name of a package that an import wanted: `random.py`, `numpy.py`, `torch/`."""
    if failure.type not in {"ImportError", "AttributeError", "ModuleNotFoundError"}:
        return None
    tops = {name.partition("/")[0].removesuffix(".py"): name for name in around.sources}
    for pattern in (r"partially initialized module '([\w.]+)'", r"cannot import name '\w+' from '([\w.]+)'",
                    r"module '([\w.]+)' has no attribute", r"No module named '([\w.]+)'"):  # fmt: skip
        if found := re.search(pattern, failure.text):
            top = found[1].partition(".")[0]
            is_partial = "partially" in failure.text or "circular" in failure.text
            if top in tops and (top in _well_known() or is_partial):
                return tops[top]
    return None


def _well_known() -> set[str]:
    import sys

    return {*PACKAGES, *sys.stdlib_module_names}


def _more(code: str, params: Mapping[str, str], around: Surroundings) -> Iterator[tuple[str, str]]:
    """What is there, and which of it is meant most likely."""
    if code == "no_package":
        yield "there", ", ".join(PACKAGES)
        own = {name.removesuffix(".py").partition("/")[0] for name in around.sources}
        yield from _near(params.get("name", "").partition(".")[0], [*PACKAGES, *sorted(own)])
    elif code in {"no_file", "windows_path", "home_path", "colab_path"}:
        yield "there", ", ".join(around.data[:SHOWN]) or "-"
        last = re.split(r"[\\/]+", params.get("path", ""))[-1]
        yield from _near(last, around.data)
    elif code == "no_column":
        yield "there", ", ".join(around.columns[:SHOWN]) or "-"
        yield from _near(params.get("name", ""), around.columns)


def _near(name: str, names: list[str] | tuple[str, ...]) -> Iterator[tuple[str, str]]:
    folded = {other.lower(): other for other in names}
    near = difflib.get_close_matches(name.lower()[:100], list(folded), n=1, cutoff=0.7)
    if near:
        yield "near", folded[near[0]]
