"""The wording of refused files of predictions, keyed by the codes of `grader.predictions.wording`, for translation."""

from __future__ import annotations

from django.utils.translation import gettext_noop, ngettext_lazy

COUNTED = {
    "missing_ids": ngettext_lazy(
        "1 of %(total)s ids has no prediction: %(examples)s. Add a row for it.",
        "%(count)s of %(total)s ids have no prediction, such as %(examples)s. Add a row for each.",
        "count",
    ),
    "unknown_ids": ngettext_lazy(
        "1 id is not in the test set: %(examples)s (line %(lines)s). Copy the ids from test.csv as text.",
        "%(count)s ids are not in the test set, such as %(examples)s (lines %(lines)s). Copy the ids from test.csv as text.",
        "count",
    ),
    "duplicate_ids": ngettext_lazy(
        "1 id occurs more than once: %(examples)s (lines %(lines)s). Keep one row for it.",
        "%(count)s ids occur more than once, such as %(examples)s (lines %(lines)s). Keep one row for each.",
        "count",
    ),
    "empty_cells": ngettext_lazy(
        "Column “%(column)s” has an empty cell (line %(lines)s). Every id needs a value.",
        "Column “%(column)s” has %(count)s empty cells (lines %(lines)s). Every id needs a value.",
        "count",
    ),
    "not_a_number": ngettext_lazy(
        "Column “%(column)s” needs finite numbers, but 1 cell holds none: %(examples)s (line %(lines)s). "
        "Write a number there.",
        "Column “%(column)s” needs finite numbers, but %(count)s cells hold none, such as %(examples)s "
        "(lines %(lines)s). Write a number in each.",
        "count",
    ),
    "too_large": ngettext_lazy(
        "Column “%(column)s” holds a number too large for a metric: %(examples)s (line %(lines)s). The limit is 1e100.",
        "Column “%(column)s” holds %(count)s numbers too large for a metric, such as %(examples)s (lines %(lines)s). "
        "The limit is 1e100.",
        "count",
    ),
    "unsure_numbers": ngettext_lazy(
        "1 number can be read in two ways, for its comma or point may separate thousands: %(examples)s (line %(lines)s). "
        "Write it without such a separator and with a decimal point.",
        "%(count)s numbers can be read in two ways, for their comma or point may separate thousands: %(examples)s "
        "(lines %(lines)s). Write them without such separators and with a decimal point.",
        "count",
    ),
    "not_a_list": ngettext_lazy(
        "Column “%(column)s” needs items with spaces between them, such as “a b c”, but 1 cell holds %(examples)s "
        "(line %(lines)s). Write items as the data has them, without quotation marks and scores.",
        "Column “%(column)s” needs items with spaces between them, such as “a b c”, but %(count)s cells hold something "
        "else, such as %(examples)s (lines %(lines)s). Write items as the data has them, without quotation marks and scores.",
        "count",
    ),
    "unsure_letters": ngettext_lazy(
        "Line %(lines)s is not in UTF-8, and a letter of it may be either of %(examples)s. Save the file as UTF-8.",
        "%(count)s lines are not in UTF-8 (lines %(lines)s), and a letter may be either of %(examples)s. Save the file as "
        "UTF-8.",
        "count",
    ),
    "below_minimum": ngettext_lazy(
        "Column “%(column)s” needs numbers from %(minimum)s up, but 1 cell is below: %(examples)s (line %(lines)s). "
        "Raise it.",
        "Column “%(column)s” needs numbers from %(minimum)s up, but %(count)s cells are below, such as %(examples)s "
        "(lines %(lines)s). Raise them.",
        "count",
    ),
    "not_probabilities": ngettext_lazy(
        "Column “%(column)s” needs probabilities, from 0 to 1, but 1 cell lies outside: %(examples)s (line %(lines)s). "
        "Divide a percentage by 100: 87 %% is 0.87.",
        "Column “%(column)s” needs probabilities, from 0 to 1, but %(count)s cells lie outside, such as %(examples)s "
        "(lines %(lines)s). Divide percentages by 100: 87 %% is 0.87.",
        "count",
    ),
    "unknown_class": ngettext_lazy(
        "Column “%(column)s” must hold one of %(classes)s, but 1 cell holds %(examples)s (line %(lines)s). "
        "Use a class of the training set.",
        "Column “%(column)s” must hold one of %(classes)s, but %(count)s cells hold others, such as %(examples)s "
        "(lines %(lines)s). Use the classes of the training set.",
        "count",
    ),
    "strange_class": ngettext_lazy(
        "Column “%(column)s” must hold classes of the training set, but 1 cell holds %(examples)s (line %(lines)s). "
        "Use a class of the training set.",
        "Column “%(column)s” must hold classes of the training set, but %(count)s cells hold others, such as "
        "%(examples)s (lines %(lines)s). Use the classes of the training set.",
        "count",
    ),
    "long_cell": ngettext_lazy(
        "Column “%(column)s” has a cell of more than %(limit)s bytes (line %(lines)s). Shorten it.",
        "Column “%(column)s” has %(count)s cells of more than %(limit)s bytes (lines %(lines)s). Shorten them.",
        "count",
    ),
    "not_boxes": ngettext_lazy(
        "Column “%(column)s” needs “x_min y_min x_max y_max” once per box, but 1 cell holds %(examples)s "
        "(line %(lines)s). Write four numbers per box.",
        "Column “%(column)s” needs “x_min y_min x_max y_max” once per box, but %(count)s cells hold something else, "
        "such as %(examples)s (lines %(lines)s). Write four numbers per box.",
        "count",
    ),
    "not_a_table": ngettext_lazy(
        "Line %(lines)s has another number of columns than the first line, which has %(columns)s. Give it as many.",
        "Some lines have another number of columns than the first line, which has %(columns)s (lines %(lines)s). "
        "Give each as many.",
        "count",
    ),
}
PLAIN = {
    "empty_file": gettext_noop("The file has no rows. It needs a header and one line for each id."),
    "utf16": gettext_noop("The file is encoded as UTF-16. Save it as UTF-8 and upload it again."),
    "unknown_encoding": gettext_noop("The file is in an encoding that can't be told. Save it as UTF-8."),
    "two_decimal_signs": gettext_noop(
        "Some numbers have a decimal comma and others a decimal point: %(examples)s. Use one of them."
    ),
    "is_spreadsheet": gettext_noop(
        "This is a spreadsheet (%(kind)s), whatever its name says. Save it as CSV and upload that file."
    ),
    "is_archive": gettext_noop("This is an archive (%(kind)s). Unpack it and upload the CSV file that is in it."),
    "no_table_in_zip": gettext_noop("There is no CSV file in this zip archive. Upload the CSV file itself."),
    "tables_in_zip": gettext_noop(
        "There are several CSV files in this zip archive: %(examples)s. Upload one of them itself."
    ),
    "bad_zip": gettext_noop("This zip archive is damaged or locked with a password. Upload the CSV file itself."),
    "is_data_file": gettext_noop(
        "This is a %(kind)s file. Write the table as CSV, in pandas with to_csv(…, index=False)."
    ),
    "is_document": gettext_noop("This is a document (%(kind)s). Upload a text file with commas (CSV)."),
    "is_picture": gettext_noop("This is a picture (%(kind)s). Upload a text file with commas (CSV)."),
    "is_web_page": gettext_noop(
        "This is a web page (HTML), not the file itself. Upload a text file with commas (CSV)."
    ),
    "is_json": gettext_noop("This is JSON. Write the table as CSV, in pandas with to_csv(…, index=False)."),
    "binary_file": gettext_noop("This is a binary file. Upload a text file with commas (CSV)."),
    "bad_gzip": gettext_noop("The name ends in .gz, but the file is not a whole gzip archive. Compress it again."),
    "too_big": gettext_noop("The file is larger than %(mb)s MB. Predictions need one short line for each id."),
    "no_columns": gettext_noop("The first line has one column only. Separate the id and the prediction by a comma."),
    "duplicate_columns": gettext_noop("Two columns have the same name. Keep one of them."),
    "wrong_columns": gettext_noop("The first line must be “%(expected)s”, but it is “%(found)s”. Rename the columns."),
    "bad_quotes": gettext_noop("Line %(line)s can't be read as CSV. Mend its quotation marks."),
    "no_vectors": gettext_noop(
        "The first line has one word only. Write a word and its numbers on each line, with spaces between."
    ),
    "long_vectors": gettext_noop("The first line has more than %(limit)s numbers. Use fewer dimensions."),
    "vector_length": gettext_noop(
        "Line %(line)s has %(found)s numbers, but the first word has %(expected)s. Give each word as many."
    ),
    "word_twice": gettext_noop(
        "“%(word)s” stands twice, the second time on line %(line)s. Keep one vector for each word."
    ),
    "not_a_vector": gettext_noop("Line %(line)s holds “%(cell)s” where a finite number belongs. A word has no spaces."),
    "long_line": gettext_noop("Line %(line)s is too long for a row of predictions. Write one short line for each id."),
}
HINTS = {
    "lost_zeros": gettext_noop("The zeros in front were lost: read the ids as text (dtype=str in pandas)."),
    "rounded_ids": gettext_noop("The ids were read as decimal numbers: read them as text (dtype=str in pandas)."),
    "spaces_in_ids": gettext_noop("There are spaces around the ids: write them without."),
    "other_letters": gettext_noop(
        "They look like known ids, but their letters are others: copy the ids from test.csv."
    ),
    "not_utf8": gettext_noop("The file is not in UTF-8, so its letters may be read wrongly: save it as UTF-8."),
    "thousands": gettext_noop("Write numbers without separators between thousands."),
    "decimal_comma": gettext_noop("Where commas separate columns, numbers need a decimal point."),
    "percent": gettext_noop("Write shares without a percent sign, such as 0.25."),
    "minus": gettext_noop("Write negative numbers with the minus sign of the keyboard (-)."),
    "unit": gettext_noop("Write numbers without a unit or currency."),
    "row_numbers": gettext_noop("The first column holds row numbers: save with index=False in pandas."),
}
