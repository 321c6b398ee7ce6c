"""The module of this name that Kaggle's published metrics import, for metrics copied from there. It lies beside `metric.py`.

Written anew after its documented behaviour (https://www.kaggle.com/code/metric/kaggle-metric-utilities). It runs inside
the sandbox, with the students' packages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


class ParticipantVisibleError(Exception):
    """Refuses the predictions; the participant reads the text."""


class HostVisibleError(Exception):
    """Something is wrong with the metric or the solution; only the staff read the text."""


VISIBLE = {"ParticipantVisibleError": ParticipantVisibleError, "HostVisibleError": HostVisibleError}


def treat_as_participant_error(error_message: str, solution: pd.DataFrame | np.ndarray) -> bool:
    """Whether an error's text can't quote the solution: that holds numbers alone, and no digit stands in the text.

    Where the solution holds truth values, neither true nor false may stand there.
    """
    types = list(solution.dtypes) if isinstance(solution, pd.DataFrame) else [np.asarray(solution).dtype]
    if not all(pd.api.types.is_numeric_dtype(kind) for kind in types) or any(c.isnumeric() for c in error_message):
        return False
    said = error_message.lower()
    return not (any(pd.api.types.is_bool_dtype(kind) for kind in types) and ("true" in said or "false" in said))


def safe_call_score(
    metric_function: Callable[..., Any], solution: Any, submission: Any, **metric_func_kwargs: Any
) -> Any:
    """The function's score. An error that can't quote the solution becomes one that the participant reads."""
    try:
        return metric_function(solution, submission, **metric_func_kwargs)
    except Exception as error:
        for parent in type(error).__mro__:
            if parent.__name__ in VISIBLE:
                raise VISIBLE[parent.__name__](str(error)) from error
        if treat_as_participant_error(str(error), solution):
            raise ParticipantVisibleError(str(error)) from error
        raise


def verify_valid_probabilities(df: pd.DataFrame, df_name: str) -> None:
    """Raises `ParticipantVisibleError` unless all cells are numbers from 0 to 1 and each row adds up to 1. Without ids."""
    if not pd.api.types.is_numeric_dtype(df.to_numpy()):
        raise ParticipantVisibleError(f"All target values in {df_name} must be numeric")
    if df.min().min() < 0:
        raise ParticipantVisibleError(f"All target values in {df_name} must be at least zero")
    if df.max().max() > 1:
        raise ParticipantVisibleError(f"All target values in {df_name} must be no greater than one")
    if not np.allclose(df.sum(axis=1), 1):
        raise ParticipantVisibleError(f"Target values in {df_name} do not add to one within all rows")
