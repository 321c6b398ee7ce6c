"""`{{ value|score }}`: a score with as many decimals as it has to tell."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import floatformat

from grader.resolution import ShownScore

register = template.Library()
EXACT = 5


@register.filter
def score(value: float | None) -> str:
    """With the decimals of its rounding, or five of an exact score; a dash without one."""
    if not isinstance(value, int | float):
        return "–"
    decimals = value.decimals if isinstance(value, ShownScore) else EXACT
    return str(floatformat(value, decimals))
