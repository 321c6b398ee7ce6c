"""Find copied code among a course's submissions. A pair is evidence for a person, never a verdict."""

from plagiarism.compare import Pair, Report, Skipped, compare
from plagiarism.spans import Span

__all__ = ["Pair", "Report", "Skipped", "Span", "compare"]
