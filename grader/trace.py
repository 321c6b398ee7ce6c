"""The trace of a mark: each rule that acted, in words a student understands, in English and Romanian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

TEXTS: dict[str, tuple[str, str]] = {
    "band": (
        "Rank {rank} on the private board lies in the band {first}–{last}, which gives {after}.",
        "Locul {rank} în clasamentul privat este în intervalul {first}–{last}, care dă nota {after}.",
    ),
    "deduction": (
        "{points} points are deducted for presentation and documentation: {before} becomes {after}.",
        "Se scad {points} puncte pentru prezentare și documentație: {before} devine {after}.",
    ),
    "baseline_gate": (
        "The private score {score} does not exceed the baseline's {baseline}, so the project is capped: {before} becomes {after}.",
        "Scorul privat {score} nu depășește scorul de bază {baseline}, deci proiectul este plafonat: {before} devine {after}.",
    ),
    "baseline_passed": (
        "The private score {score} exceeds the baseline's {baseline}.",
        "Scorul privat {score} depășește scorul de bază {baseline}.",
    ),
    "no_project": (
        "No project was handed in, so it counts {after}.",
        "Nu a fost predat niciun proiect, deci se punctează cu {after}.",
    ),
    "invalid_project": (
        "Nothing valid was handed in, so the project counts {after}.",
        "Nu s-a predat nimic valid, deci proiectul se punctează cu {after}.",
    ),
    "not_presented": (
        "The project was not presented, so it counts {after}.",
        "Proiectul nu a fost prezentat, deci se punctează cu {after}.",
    ),
    "no_test": (
        "There is no lab test mark, so it counts {after}.",
        "Nu există notă la testul de laborator, deci se punctează cu {after}.",
    ),
    "no_other_lab": (
        "There is no lab mark of the other subject, so it counts {after}.",
        "Nu există notă de laborator la cealaltă materie, deci se punctează cu {after}.",
    ),
    "ml_lab": (
        "Lab mark of this subject: {project_weight} × {project} + {test_weight} × {test} = {after}.",
        "Nota de laborator la această materie: {project_weight} × {project} + {test_weight} × {test} = {after}.",
    ),
    "lab_mean": (
        "Lab: the mean of {ml_lab} and {other} is {after}.",
        "Laborator: media dintre {ml_lab} și {other} este {after}.",
    ),
    "lab_bonus": (
        "First correct answers in the labs add {points}: {before} becomes {after}.",
        "Primele răspunsuri corecte de la laborator adaugă {points}: {before} devine {after}.",
    ),
    "course_bonus": (
        "Quiz places {places} add {points}: {before} becomes {after}.",
        "Locurile {places} la quiz adaugă {points}: {before} devine {after}.",
    ),
    "no_bonuses": (
        "Bonuses do not count at this examination.",
        "Bonusurile nu se acordă la această examinare.",
    ),
    "absent": ("There is no exam mark: absent.", "Nu există notă la examen: absent."),
    "exact_pass": (
        "{component} is exactly {after}: check it by hand.",
        "{component} este exact {after}: de verificat manual.",
    ),
    "failed": (
        "Exam ({exam}) and lab ({lab}) must both reach {pass_mark}, so the final mark is at most {cap}: {after}.",
        "Examenul ({exam}) și laboratorul ({lab}) trebuie să ajungă ambele la {pass_mark}, deci nota finală este cel mult {cap}: {after}.",
    ),
    "final": (
        "Final: {exam_weight} × {exam} + {lab_weight} × {lab} = {before}, rounded to {after}.",
        "Nota finală: {exam_weight} × {exam} + {lab_weight} × {lab} = {before}, rotunjit la {after}.",
    ),
}


@dataclass(frozen=True, kw_only=True)
class TraceLine:
    """One rule that acted. `params` fill its sentence."""

    rule: str
    params: Mapping[str, str] = field(default_factory=dict)
    before: Decimal | None = None
    after: Decimal | None = None

    def text(self, language: str) -> str:
        """The sentence in `en` or `ro`."""
        template = TEXTS[self.rule][1 if language.startswith("ro") else 0]
        return template.format(**self.params, before=plain(self.before), after=plain(self.after))


def plain(value: Decimal | None) -> str:
    """A decimal without exponent or trailing zeros.

    >>> plain(Decimal("9.50")), plain(Decimal("10"))
    ('9.5', '10')
    """
    if value is None:
        return "–"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
