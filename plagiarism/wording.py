"""The words of the reports, in English; whoever speaks to readers of another language gives others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Wording:
    """Texts of `plagiarism.report`; those with `%(name)s` are filled in. Plain text, no markup."""

    language: str = "en"
    decimal: str = "."
    similar_code: str = "Similar code"
    found: str = (
        "Pairs with evidence: %(n)s; at or above 0.5: %(flagged)s. From 0.5 on, a person should look: about one false "
        "alarm is expected there in the whole run. A pair is evidence and no verdict."
    )
    histogram: str = "All pairs by similarity; heights are logarithmic"
    similarity: str = "Similarity"
    pair: str = "Pair"
    containment: str = "Containment"
    expected: str = "Expected false alarms"
    longest: str = "Longest region, lines"
    groups: str = "Groups"
    side_by_side: str = "Side by side"
    problems: str = "Files with problems"
    none: str = "none"
    settings: str = "Settings"
    summary: str = "Similarity %(similarity)s; false alarms to expect as high in this run: %(expected)s."
    shares: str = "Shares"
    structure: str = "events and what feeds what, together"
    flows: str = "what feeds what"
    grams: str = "runs of events"
    part: str = "the best single part"
    words: str = "names, literals and comments"
    region: str = "Region"
    holders: str = "Submissions that hold it"
    rare: str = "nobody else"
    renamed: str = "Renamed"
    legend: str = (
        "A colour and a number mark a shared region; its number leads to the other side. A bar on the left: nobody else "
        "holds it. Grey: starter code, or what much of the class wrote."
    )
    nothing_whole: str = "No region is shared as a whole; the similarity comes from many small pieces."

    def number(self, value: float, form: str) -> str:
        """A number in a format such as `.2f`, as the language writes it."""
        return format(value, form).replace(".", self.decimal)
