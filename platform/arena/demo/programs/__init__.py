"""The programs that the demo's students hand in: `COMPETITION/NUMBER-NAME.txt` is student NUMBER's file NAME.

They vary as real ones do: models from a line of scikit-learn to code written by hand, comments in two languages, files
read in a dozen ways. Some fail, each for another reason. The suffix keeps linters from correcting them.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
# copied from the first student by the second: renamed and reordered; a part pasted into a program of one's own
COPIES = {"digits": ((9, 21), (12, 33))}


def programs_of(slug: str) -> dict[int, dict[str, bytes]]:
    """A competition's programs: student number -> file name -> content."""
    found: dict[int, dict[str, bytes]] = {}
    for path in sorted((FOLDER / slug).glob("*.txt")):
        number, _, name = path.name.removesuffix(".txt").partition("-")
        found.setdefault(int(number), {})[name] = path.read_bytes()
    return found
