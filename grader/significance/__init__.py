"""How sure a score, a rank and a band are, given that the private rows are a sample.

`intervals` says it for one score, `influence` how much each row moves it, and `boards` puts students side by side: who is
statistically tied, and how likely each one's band is. Everything is seeded: the same files always give the same answer.
"""

from grader.significance.boards import PUBLIC, BandOdds, BoardRows, band_odds, board_rows, paired_error, tied_groups
from grader.significance.intervals import interval_of_counts, interval_of_rows, interval_of_terms

__all__ = [
    "PUBLIC",
    "BandOdds",
    "BoardRows",
    "band_odds",
    "board_rows",
    "interval_of_counts",
    "interval_of_rows",
    "interval_of_terms",
    "paired_error",
    "tied_groups",
]
