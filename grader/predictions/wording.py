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
    "too_large": (
        "Column “{column}” holds a number too large for a metric: {examples} (line {lines}). The limit is 1e100.",
        "Column “{column}” holds {count} numbers too large for a metric, such as {examples} (lines {lines}). The limit is "
        "1e100.",
    ),
    "unsure_numbers": (
        "1 number can be read in two ways, for its comma or point may separate thousands: {examples} (line {lines}). "
        "Write it without such a separator and with a decimal point.",
        "{count} numbers can be read in two ways, for their comma or point may separate thousands: {examples} (lines "
        "{lines}). Write them without such separators and with a decimal point.",
    ),
    "not_a_list": (
        "Column “{column}” needs items with spaces between them, such as “a b c”, but 1 cell holds {examples} (line "
        "{lines}). Write items as the data has them, without quotation marks and scores.",
        "Column “{column}” needs items with spaces between them, such as “a b c”, but {count} cells hold something else, "
        "such as {examples} (lines {lines}). Write items as the data has them, without quotation marks and scores.",
    ),
    "unsure_letters": (
        "Line {lines} is not in UTF-8, and a letter of it may be either of {examples}. Save the file as UTF-8.",
        "{count} lines are not in UTF-8 (lines {lines}), and a letter may be either of {examples}. Save the file as "
        "UTF-8.",
    ),
    "below_minimum": (
        "Column “{column}” needs numbers from {minimum} up, but 1 cell is below: {examples} (line {lines}). Raise it.",
        "Column “{column}” needs numbers from {minimum} up, but {count} cells are below, such as {examples} "
        "(lines {lines}). Raise them.",
    ),
    "not_probabilities": (
        "Column “{column}” needs probabilities, from 0 to 1, but 1 cell lies outside: {examples} (line {lines}). Divide a "
        "percentage by 100: 87 % is 0.87.",
        "Column “{column}” needs probabilities, from 0 to 1, but {count} cells lie outside, such as {examples} "
        "(lines {lines}). Divide percentages by 100: 87 % is 0.87.",
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
    "unknown_encoding": "The file is in an encoding that can't be told. Save it as UTF-8.",
    "two_decimal_signs": "Some numbers have a decimal comma and others a decimal point: {examples}. Use one of them.",
    "is_spreadsheet": "This is a spreadsheet ({kind}), whatever its name says. Save it as CSV and upload that file.",
    "is_archive": "This is an archive ({kind}). Unpack it and upload the CSV file that is in it.",
    "no_table_in_zip": "There is no CSV file in this zip archive. Upload the CSV file itself.",
    "tables_in_zip": "There are several CSV files in this zip archive: {examples}. Upload one of them itself.",
    "bad_zip": "This zip archive is damaged or locked with a password. Upload the CSV file itself.",
    "is_data_file": "This is a {kind} file. Write the table as CSV, in pandas with to_csv(…, index=False).",
    "is_document": "This is a document ({kind}). Upload a text file with commas (CSV).",
    "is_picture": "This is a picture ({kind}). Upload a text file with commas (CSV).",
    "is_web_page": "This is a web page (HTML), not the file itself. Upload a text file with commas (CSV).",
    "is_json": "This is JSON. Write the table as CSV, in pandas with to_csv(…, index=False).",
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
    "other_letters": "They look like known ids, but their letters are others: copy the ids from test.csv.",
    "not_utf8": "The file is not in UTF-8, so its letters may be read wrongly: save it as UTF-8.",
    "thousands": "Write numbers without separators between thousands.",
    "decimal_comma": "Where commas separate columns, numbers need a decimal point.",
    "percent": "Write shares without a percent sign, such as 0.25.",
    "minus": "Write negative numbers with the minus sign of the keyboard (-).",
    "unit": "Write numbers without a unit or currency.",
    "row_numbers": "The first column holds row numbers: save with index=False in pandas.",
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """The English sentence of a code.

    >>> sentence("empty_cells", {"count": 2, "column": "label", "lines": [3, 7]})
    'Column “label” has 2 empty cells (lines 3, 7). Every id needs a value.'
    """
    template = COUNTED[code][params["count"] != 1] if code in COUNTED else PLAIN[code]
    text = template.format(**{name: written(value) for name, value in params.items()})
    hint = params.get("hint")
    return f"{text} {HINTS[str(hint)]}" if hint else text


def written(value: object) -> object:
    """Lists of lines with commas, lists of somebody's cells in quotation marks too."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(f"“{item}”" if isinstance(item, str) else str(item) for item in value)
    return value
