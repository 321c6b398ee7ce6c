"""What a regrade may change of its competition and its course, how that becomes real, and how it is taken back.

Labels, metric and limits decide what an attempt scores; the gate's baseline and the mark scheme only what a score is
worth, so that a regrade may propose them without judging anything again.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from arena.accounts.models import User
from arena.competitions.models import Competition, Solution
from arena.gradebook.models import Examination, Kind
from arena.gradebook.selectors import DEFAULT_PRESET, examination_of
from arena.gradebook.services import save_scheme
from arena.locking import lock
from arena.regrading.models import Regrade
from arena.submissions.models import Submission
from grader.schemes import load_scheme, preset_text

LIMITS = ("wall_time_s", "memory_mb", "processes", "disk_mb", "output_mb")
# of a competition, by the names of its fields; the labels and the course's mark scheme are proposed beside these
QUOTA = ("daily_limit", "total_limit")
CHANGEABLE = ("metric", "gate_baseline", *LIMITS, *QUOTA)
# what no score depends on
FOR_MARKS = {"gate_baseline", *QUOTA}


class NotPossible(Exception):
    """The regrade isn't in a state that allows this; the message says why, in the language of whoever asked."""


def plain(document: str) -> str:
    """A TOML document as it is compared and stored: one kind of line end, one at the end."""
    return document.replace("\r\n", "\n").strip() + "\n" if document.strip() else ""


def newest_document(competition: Competition) -> str:
    """The newest version of the course's mark scheme; the preset while there is none."""
    newest = competition.course.schemes.first()
    return newest.document if newest else preset_text(DEFAULT_PRESET)


def check_proposal(
    competition: Competition, *, changes: Mapping[str, object], solution: Solution | None, scheme: str, marks_only: bool
) -> None:
    """Raises `NotPossible` for what can't be proposed, `grader.schemes.InvalidScheme` for rules that can't be read."""
    if scheme:
        load_scheme(scheme)
        if not open_examinations(competition):
            raise NotPossible(
                _("Every examination of this course is frozen, so another mark scheme would change nothing.")
            )
    gate = changes.get("gate_baseline")
    if gate and gate not in baselines_of(competition):
        raise NotPossible(_("There is no baseline “%(name)s” here.") % {"name": gate})
    if marks_only and (solution or set(changes) - FOR_MARKS):
        raise NotPossible(_("Labels, metric and limits change scores: let the submissions be judged again."))
    if marks_only and not scheme and not changes:
        raise NotPossible(_("Nothing would be judged and nothing is changed: propose a mark scheme or a baseline."))


def baselines_of(competition: Competition) -> list[str]:
    """The labels of the competition's baselines."""
    return list(competition.board_rows.filter(is_baseline=True).order_by("label").values_list("label", flat=True))


def open_examinations(competition: Competition) -> list[str]:
    """The examinations for which the newest scheme counts; there is always a first one, but not always another."""
    course = competition.course
    exists = set(Examination.objects.filter(course=course).values_list("kind", flat=True)) | {Kind.FIRST.value}
    return [kind for kind in Kind.values if kind in exists and examination_of(course, kind).scheme_id is None]


def lock_what_changes(regrade: Regrade) -> None:
    """Let nobody else change the submissions, then the competition, in the caller's transaction: the order of `locking`."""
    lock(Submission.objects.filter(pk__in=regrade.items.values("submission")))
    lock(Competition.objects.filter(pk=regrade.competition_id))


def make_real(regrade: Regrade, *, actor: User | None = None) -> None:
    """Change competition and course as proposed, and note what that replaces. Raises `NotPossible` if the scheme moved on.

    The caller has called `lock_what_changes`.
    """
    competition = Competition.objects.get(pk=regrade.competition_id)
    regrade.replaced = {name: getattr(competition, name) for name in regrade.changes}
    if regrade.changes:
        Competition.objects.filter(pk=competition.pk).update(**regrade.changes)
    if regrade.solution_id:
        Solution.objects.filter(pk=regrade.solution_id).update(is_proposed=False)
    if regrade.scheme:
        newest = competition.course.schemes.first()
        if newest != regrade.scheme_base:
            raise NotPossible(_("The mark scheme changed since this regrade began. Start it again."))
        reason = f"#{regrade.pk} {regrade.reason}"[:300]
        regrade.scheme_applied = save_scheme(competition.course, document=regrade.scheme, reason=reason, actor=actor)


def take_back(regrade: Regrade, *, actor: User | None) -> None:
    """Restore what this regrade changed, where its change is still the one that stands. Locked as for `make_real`."""
    competition = Competition.objects.get(pk=regrade.competition_id)
    ours = {n: v for n, v in regrade.replaced.items() if getattr(competition, n) == regrade.changes[n]}
    if ours:
        Competition.objects.filter(pk=competition.pk).update(**ours)
    if regrade.solution_id:
        Solution.objects.filter(pk=regrade.solution_id).update(is_proposed=True)
    if regrade.scheme_applied and competition.course.schemes.first() == regrade.scheme_applied:
        base = regrade.scheme_base.document if regrade.scheme_base else preset_text(DEFAULT_PRESET)
        reason = _("Roll-back of regrade %(number)s") % {"number": regrade.pk}
        save_scheme(competition.course, document=base, reason=reason, actor=actor)
