"""Entering the marks of one student."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from arena.gradebook.models import Component

RANGES = {Component.DEDUCTION: (Decimal(0), Decimal(2)), Component.LAB_ANSWERS: (Decimal(0), Decimal(50))}


class MarksForm(forms.Form):
    """One optional field per component."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for component in Component:
            low, high = RANGES.get(component, (Decimal(1), Decimal(10)))
            self.fields[component] = forms.DecimalField(
                label=component.label,
                min_value=low,
                max_value=high,
                max_digits=5,
                decimal_places=2,
                required=False,
                localize=True,
            )
