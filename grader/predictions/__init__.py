"""Read a solution and a predictions file, validate every row, and align them by id.

Ids are text, exactly: `017001` keeps its zero and a 19-digit id its last digits. `tables`, `numbers` and `ids` work on
bytes in numpy arrays, so that a million rows cost a tenth of a second and little memory; `reading` says what is accepted.
"""

from grader.predictions.classes import classes_in
from grader.predictions.decoding import MAX_BYTES
from grader.predictions.errors import InvalidPredictions, InvalidSolution
from grader.predictions.labels import Labels
from grader.predictions.reading import Predictions, read_predictions
from grader.predictions.solution import USAGES, Column, Solution, read_solution, sample_submission

__all__ = [
    "MAX_BYTES",
    "USAGES",
    "Column",
    "InvalidPredictions",
    "InvalidSolution",
    "Labels",
    "Predictions",
    "Solution",
    "classes_in",
    "read_predictions",
    "read_solution",
    "sample_submission",
]
