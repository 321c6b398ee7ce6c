"""A program as canonical symbols: what survives renaming, new layout, new comments and other literals.

Names bound in the program become `V`, numbers `N`, strings `S`; keywords, operators and what comes from libraries
(`fit`, `LogisticRegression`) stay, under their own name whatever alias the program gave them. Import lines are left out, since everybody writes them.
"""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
import warnings
from collections.abc import Iterable
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
    tree = _parse(text)
    nodes = [] if tree is None else list(ast.walk(tree))
    bound = None if tree is None else _bound_names(nodes)
    aliases = _aliases(nodes)
    if bound is None:
        problem = problem or "does not parse as Python"
    symbols: list[Symbol] = []
    tokens: list[tokenize.TokenInfo] = []
    rest: tuple[Symbol, ...] = ()
    try:
        tokens.extend(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, RecursionError):
        # list.extend keeps what came before the error, which for an open bracket is the whole file
        problem = problem or "could not be read as Python tokens"
        rest = _words(text, after=tokens[-1].end[0] if tokens else 0)
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
        symbols.append(Symbol(_symbol(token, bound, aliases, is_attribute=is_attribute), token.start[0]))
        is_attribute = False
    return Canonical(symbols=(*symbols, *rest), problem=problem)


def _symbol(
    token: tokenize.TokenInfo, bound: frozenset[str] | None, aliases: dict[str, str], *, is_attribute: bool
) -> str:
    if token.type == tokenize.NUMBER:
        return "N"
    if token.type == tokenize.STRING:
        return "S"
    if token.type == tokenize.NAME and not is_attribute and not keyword.iskeyword(token.string):
        return "V" if bound is None or token.string in bound else aliases.get(token.string, token.string)
    return token.string


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _aliases(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """What `import ... as ALIAS` stands for: `np` is `numpy`, and so is any other name that a copy uses for it."""
    return {
        name.asname: name.name
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
        if name.asname
    }


def _bound_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Names that the program itself binds, but not its imports."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return frozenset(names)


def _words(text: str, *, after: int) -> tuple[Symbol, ...]:
    """A crude reading of the lines after line `after`, which are no Python at all."""
    return tuple(
        Symbol("V" if word.isidentifier() and not keyword.iskeyword(word) else word[:20], number)
        for number, line in enumerate(text.splitlines(), start=1)
        if number > after
        for word in line.split()[:200]
    )
