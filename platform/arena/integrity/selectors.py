"""A pair's sources as lines, each with the number of the shared region it lies in."""

from __future__ import annotations

from dataclasses import dataclass

from arena.integrity.models import SimilarPair
from arena.submissions.models import Submission

COLOURS = 6


@dataclass(frozen=True, kw_only=True)
class Line:
    """`region` is 1.. for a shared line (regions of both sides correspond), 0 otherwise."""

    number: int
    text: str
    region: int

    @property
    def colour(self) -> int:
        return (self.region - 1) % COLOURS + 1 if self.region else 0


def side_by_side(pair: SimilarPair) -> list[dict[str, object]]:
    """For each side its name and files with their lines."""
    return [
        {"submission": submission, "files": _files(submission, pair.spans, side)}
        for submission, side in ((pair.a, "a"), (pair.b, "b"))
    ]


def _files(submission: Submission, spans: list[dict[str, object]], side: str) -> list[dict[str, object]]:
    files = []
    for row in submission.files.filter(role="source"):
        regions: dict[int, int] = {}
        for number, span in enumerate(spans, start=1):
            if span[f"file_{side}"] == row.name:
                for line in range(int(span[f"start_{side}"]), int(span[f"end_{side}"]) + 1):
                    regions.setdefault(line, number)
        with row.file.open("rb") as file:
            text = file.read().decode("utf-8", errors="replace")
        lines = [Line(number=n, text=t, region=regions.get(n, 0)) for n, t in enumerate(text.splitlines(), start=1)]
        files.append({"name": row.name, "lines": lines})
    return files
