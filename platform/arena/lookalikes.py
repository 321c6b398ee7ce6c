"""When two names look the same to a reader, whatever letters they are written with."""

from __future__ import annotations

import unicodedata
from functools import cache

# what stays alike after case is folded: a capital I is drawn as a small l, and case makes it an i
ALIKE = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o"})
# two letters that are read as one
JOINED = (("rn", "m"), ("vv", "w"))


@cache
def _latin() -> dict[int, str]:
    """The ASCII letter or digit that each letter of another script is drawn like: Unicode's table of confusables."""
    from confusable_homoglyphs.confusables import confusables_data

    drawn: dict[int, str] = {}
    for letter, others in confusables_data.items():
        if len(letter) == 1 and not letter.isascii():
            for other in others:
                if len(other["c"]) == 1 and other["c"].isascii() and other["c"].isalnum():
                    drawn.setdefault(ord(letter), other["c"])
    return drawn


def skeleton(name: str) -> str:
    """One text for all names that look alike: width, script, case, accents, spaces and punctuation are folded.

    After Unicode Technical Standard 39, section 4, and stricter in that case and accents count for nothing. Two names may
    look alike exactly where their skeletons are equal; a skeleton is not for showing. A name without any letter or digit
    keeps what it is made of.

    >>> skeleton("The cl\\u0430ssmate.") == skeleton("the cIassmate")
    True
    >>> skeleton("Ștefan") == skeleton("Simion")
    False
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).translate(_latin()))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = unicodedata.normalize("NFKD", text.translate(_latin()).casefold()).translate(ALIKE)
    solid = "".join(c for c in text if c.isalnum()) or "".join(c for c in text if not c.isspace())
    for pair, letter in JOINED:
        solid = solid.replace(pair, letter)
    return solid
