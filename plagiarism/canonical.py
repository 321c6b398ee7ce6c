"""A program as canonical symbols: what survives renaming, new layout, new comments and other literals.

Names bound in the program become `V`, numbers `N`, strings `S`; keywords, operators and what comes from libraries
(`fit`, `LogisticRegression`) stay. Import lines are left out, since everybody writes them.
"""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
import warnings
from dataclasses import dataclass

MAX_BYTES = 400_000
SILENT = {"(", ")", "[", "]", "{", "}", ",", ":", ";", "."}


@dataclass(frozen=True)
class Symbol:
    """One canonical token and the line (from 1) that it stands on."""

    text: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Canonical:
    """`problem` says why a file could not be read whole; its symbols are then what could be read."""

    symbols: tuple[Symbol, ...]
    problem: str | None


def canonicalise(data: bytes) -> Canonical:
    """Symbols of a source; never raises on hostile input."""
    problem = None
    if len(data) > MAX_BYTES:
        data, problem = data[:MAX_BYTES], f"larger than {MAX_BYTES} bytes; only the beginning was compared"
    text = data.decode("utf-8", errors="replace").replace("\0", " ").replace("\ufeff", "")
    if "\ufffd" in text:
        problem = problem or "not valid UTF-8"
    bound = _bound_names(text)
    if bound is None:
        problem = problem or "does not parse as Python"
    symbols: list[Symbol] = []
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, RecursionError):
        return Canonical(symbols=_words(text), problem=problem or "could not be read as Python tokens")
    is_import, is_attribute = False, False
    starts_line = True
    for token in tokens:
        if token.type in {tokenize.NEWLINE, tokenize.NL}:
            starts_line, is_import = True, is_import and token.type == tokenize.NL
            continue
        if token.type in {tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}:
            continue
        if starts_line:
            is_import = token.string in {"import", "from"}
            is_docstring = token.type == tokenize.STRING
            starts_line = False
            if is_docstring:
                continue
        if is_import:
            continue
        if token.type == tokenize.OP:
            is_attribute = token.string == "."
            if token.string not in SILENT:
                symbols.append(Symbol(token.string, token.start[0]))
            continue
        symbols.append(Symbol(_symbol(token, bound, is_attribute=is_attribute), token.start[0]))
        is_attribute = False
    return Canonical(symbols=tuple(symbols), problem=problem)


def _symbol(token: tokenize.TokenInfo, bound: frozenset[str] | None, *, is_attribute: bool) -> str:
    if token.type == tokenize.NUMBER:
        return "N"
    if token.type == tokenize.STRING:
        return "S"
    if token.type == tokenize.NAME and not is_attribute and not keyword.iskeyword(token.string):
        return "V" if bound is None or token.string in bound else token.string
    return token.string


def _bound_names(text: str) -> frozenset[str] | None:
    """Names that the program itself binds, but not its imports; None when it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias) and node.asname:
            names.add(node.asname)
    return frozenset(names)


def _words(text: str) -> tuple[Symbol, ...]:
    """A crude reading of what is no Python at all."""
    return tuple(
        Symbol("V" if word.isidentifier() and not keyword.iskeyword(word) else word[:20], number)
        for number, line in enumerate(text.splitlines(), start=1)
        for word in line.split()[:200]
    )
