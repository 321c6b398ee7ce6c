"""What a regrade proposes, in words: each change before and after, and the mark scheme line by line."""

from __future__ import annotations

import difflib

from django.utils.translation import gettext as _

from arena.competitions.models import Competition
from arena.gradebook.selectors import DEFAULT_PRESET
from arena.regrading.models import Regrade, RegradeStatus
from grader.schemes import preset_text


def proposed(regrade: Regrade) -> list[tuple[str, object, object]]:
    """(name, before, after) of each field of the competition that changes, in the reader's language."""
    was = regrade.replaced if regrade.status in {RegradeStatus.APPLIED, RegradeStatus.ROLLED_BACK} else {}
    found = []
    for name, after in regrade.changes.items():
        before = was.get(name, getattr(regrade.competition, name))
        found.append((_label(name), _shown(name, before), _shown(name, after)))
    return found


def scheme_diff(regrade: Regrade) -> list[str]:
    """A unified diff of the proposed mark scheme with the one that it was proposed for."""
    if not regrade.scheme:
        return []
    base = regrade.scheme_base.document if regrade.scheme_base else preset_text(DEFAULT_PRESET)
    return list(difflib.unified_diff(base.splitlines(), regrade.scheme.splitlines(), lineterm="", n=1))[2:]


def _label(name: str) -> str:
    if name == "gate_baseline":
        return _("Baseline to exceed")
    label = str(Competition._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _shown(name: str, value: object) -> object:
    return _("the best of all") if name == "gate_baseline" and value == "" else value
