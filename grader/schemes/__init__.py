"""Mark schemes: declarative TOML documents, validated, with exact decimals throughout."""

from grader.schemes.reading import InvalidScheme
from grader.schemes.scheme import Band, Criterion, Extra, Scheme, load_scheme, preset, preset_names, preset_text

__all__ = [
    "Band",
    "Criterion",
    "Extra",
    "InvalidScheme",
    "Scheme",
    "load_scheme",
    "preset",
    "preset_names",
    "preset_text",
]
