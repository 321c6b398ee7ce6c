"""A pair or a run as one HTML file that needs nothing else, in the reader's language, naming no person."""

from __future__ import annotations

from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from arena.integrity.findings import TEXTS
from arena.integrity.models import PlagiarismRun, SimilarPair
from arena.integrity.overview import pairs_of, settings_of
from arena.integrity.selectors import as_engine_pair, sources_of_pair
from plagiarism.compare import Report, Skipped
from plagiarism.report import as_html, pair_as_html
from plagiarism.wording import Wording

MOST_PAIRS = 60


def pair_page(pair: SimilarPair) -> str:
    """The pair's regions, renames and code side by side."""
    one, other = sources_of_pair(pair)
    return pair_as_html(as_engine_pair(pair), {pair.label_a: one, pair.label_b: other}, words=wording())


def run_page(run: PlagiarismRun) -> str:
    """Histogram, the first pairs with their code, groups, problems and settings."""
    rows = list(pairs_of(run)[:MOST_PAIRS])
    sources = {}
    for pair in rows:
        sources[pair.label_a], sources[pair.label_b] = sources_of_pair(pair)
    skipped = tuple(
        Skipped(
            submission=f"#{row['submission']}",
            file=str(row["file"]),
            code=row["code"],
            reason=_(TEXTS.get(row["code"], row["reason"])),
        )
        for row in run.skipped
    )
    settings = {name: run.options[name] for name in ("starter", "known") if name in run.options} | dict(
        settings_of(run)
    )
    report = Report(pairs=tuple(map(as_engine_pair, rows)), skipped=skipped, settings=settings)
    return as_html(report, sources, words=wording(), counts=run.histogram)


def wording() -> Wording:
    """The report's words in the language of the request; in English those of `plagiarism.wording`."""
    return Wording(
        language=get_language() or "en",
        decimal=get_format("DECIMAL_SEPARATOR"),
        similar_code=_("Similar code"),
        found=_(
            "Pairs with evidence: %(n)s; at or above 0.5: %(flagged)s. From 0.5 on, a person should look: "
            "about one false alarm is expected there in the whole run. A pair is evidence and no verdict."
        ),
        histogram=_("All pairs by similarity; heights are logarithmic"),
        similarity=_("Similarity"),
        pair=_("Pair"),
        containment=_("Containment"),
        expected=_("Expected false alarms"),
        longest=_("Longest region, lines"),
        groups=_("Groups"),
        side_by_side=_("Side by side"),
        problems=_("Files with problems"),
        none=_("none"),
        settings=_("Settings"),
        summary=_("Similarity %(similarity)s; false alarms to expect as high in this run: %(expected)s."),
        shares=_("Shares"),
        structure=_("events and what feeds what, together"),
        flows=_("what feeds what"),
        grams=_("runs of events"),
        part=_("the best single part"),
        words=_("names, literals and comments"),
        region=_("Region"),
        holders=_("Submissions that hold it"),
        rare=_("nobody else"),
        renamed=_("Renamed"),
        legend=_(
            "A colour and a number mark a shared region; its number leads to the other side. A bar on the "
            "left: nobody else holds it. Grey: starter code, or what much of the class wrote."
        ),
        nothing_whole=_("No region is shared as a whole; the similarity comes from many small pieces."),
    )
