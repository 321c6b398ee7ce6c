"""The sentence to each code of a refused file: one for a single offending row, one for several.

A sentence says what is wrong, where, and what to do. The site holds the same codes with translated sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# with `count`: what to say about one, and about more
COUNTED: dict[str, tuple[str, str]] = {
    "missing_ids": (
        "1 of {total} ids has no prediction: {examples}. Add a row for it.",
        "{count} of {total} ids have no prediction, such as {examples}. Add a row for each.",
    ),
    "unknown_ids": (
        "1 id is not in the test set: {examples} (line {lines}). Copy the ids from test.csv as text.",
        "{count} ids are not in the test set, such as {examples} (lines {lines}). Copy the ids from test.csv as text.",
    ),
    "duplicate_ids": (
        "1 id occurs more than once: {examples} (lines {lines}). Keep one row for it.",
        "{count} ids occur more than once, such as {examples} (lines {lines}). Keep one row for each.",
    ),
    "empty_cells": (
        "Column “{column}” has an empty cell (line {lines}). Every id needs a value.",
        "Column “{column}” has {count} empty cells (lines {lines}). Every id needs a value.",
    ),
    "not_a_number": (
        "Column “{column}” needs finite numbers, but 1 cell holds none: {examples} (line {lines}). Write a number there.",
        "Column “{column}” needs finite numbers, but {count} cells hold none, such as {examples} (lines {lines}). "
        "Write a number in each.",
    ),
    "below_minimum": (
        "Column “{column}” needs numbers from {minimum} up, but 1 cell is below: {examples} (line {lines}). Raise it.",
        "Column “{column}” needs numbers from {minimum} up, but {count} cells are below, such as {examples} "
        "(lines {lines}). Raise them.",
    ),
    "unknown_class": (
        "Column “{column}” must hold one of {classes}, but 1 cell holds {examples} (line {lines}). Use a class of the "
        "training set.",
        "Column “{column}” must hold one of {classes}, but {count} cells hold others, such as {examples} "
        "(lines {lines}). Use the classes of the training set.",
    ),
    "strange_class": (
        "Column “{column}” must hold classes of the training set, but 1 cell holds {examples} (line {lines}). Use a class "
        "of the training set.",
        "Column “{column}” must hold classes of the training set, but {count} cells hold others, such as {examples} "
        "(lines {lines}). Use the classes of the training set.",
    ),
    "long_cell": (
        "Column “{column}” has a cell of more than {limit} bytes (line {lines}). Shorten it.",
        "Column “{column}” has {count} cells of more than {limit} bytes (lines {lines}). Shorten them.",
    ),
    "not_boxes": (
        "Column “{column}” needs “x_min y_min x_max y_max” once per box, but 1 cell holds {examples} (line {lines}). "
        "Write four numbers per box.",
        "Column “{column}” needs “x_min y_min x_max y_max” once per box, but {count} cells hold something else, such as "
        "{examples} (lines {lines}). Write four numbers per box.",
    ),
    "not_a_table": (
        "Line {lines} has another number of columns than the first line, which has {columns}. Give it as many.",
        "Some lines have another number of columns than the first line, which has {columns} (lines {lines}). Give "
        "each as many.",
    ),
}
PLAIN: dict[str, str] = {
    "empty_file": "The file has no rows. It needs a header and one line for each id.",
    "utf16": "The file is encoded as UTF-16. Save it as UTF-8.",
    "binary_file": "This is a binary file. Upload a text file with commas (CSV).",
    "bad_gzip": "The name ends in .gz, but the file is not a whole gzip archive. Compress it again.",
    "too_big": "The file is larger than {mb} MB. Predictions need one short line for each id.",
    "no_columns": "The first line has one column only. Separate the id and the prediction by a comma.",
    "duplicate_columns": "Two columns have the same name. Keep one of them.",
    "wrong_columns": "The first line must be “{expected}”, but it is “{found}”. Rename the columns.",
    "bad_quotes": "Line {line} can't be read as CSV. Mend its quotation marks.",
    "no_vectors": "The first line has one word only. Write a word and its numbers on each line, with spaces between.",
    "long_vectors": "The first line has more than {limit} numbers. Use fewer dimensions.",
    "vector_length": "Line {line} has {found} numbers, but the first word has {expected}. Give each word as many.",
    "word_twice": "“{word}” stands twice, the second time on line {line}. Keep one vector for each word.",
    "not_a_vector": "Line {line} holds “{cell}” where a finite number belongs. A word has no spaces.",
    "long_line": "Line {line} is too long for a row of predictions. Write one short line for each id.",
}
# a guess at the cause, added to a sentence as `params["hint"]`
HINTS: dict[str, str] = {
    "lost_zeros": "The zeros in front were lost: read the ids as text (dtype=str in pandas).",
    "rounded_ids": "The ids were read as decimal numbers: read them as text (dtype=str in pandas).",
    "spaces_in_ids": "There are spaces around the ids: write them without.",
    "row_numbers": "The first column holds row numbers: save with index=False in pandas.",
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The English sentence of a code.

    >>> sentence("empty_cells", {"count": 2, "column": "label", "lines": [3, 7]})
    'Column “label” has 2 empty cells (lines 3, 7). Every id needs a value.'
    """
    template = COUNTED[code][params["count"] != 1] if code in COUNTED else PLAIN[code]
    text = template.format(**{name: _written(value) for name, value in params.items()})
    hint = params.get("hint")
    return f"{text} {HINTS[str(hint)]}" if hint else text


def _written(value: object) -> object:
    """Lists of lines with commas, lists of somebody's cells in quotation marks too."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(f"“{item}”" if isinstance(item, str) else str(item) for item in value)
    return value
