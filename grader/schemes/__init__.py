"""Mark schemes: declarative TOML documents, validated, with exact decimals throughout."""

from grader.schemes.scheme import Band, InvalidScheme, Scheme, load_scheme, preset, preset_text

__all__ = ["Band", "InvalidScheme", "Scheme", "load_scheme", "preset", "preset_text"]
