"""Refuse, before it costs anything, code that can't start: a syntax error, or what works in a notebook only.

A program that asks whether it is in a notebook, and goes on without one, is no notebook.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator

from grader.code.refusal import RefusedCode

# %magic, !command, %%cell, name = !command, name = %magic
MAGIC = re.compile(r"\s*(?:[\w, ]+=\s*)?(?:%%?\s*[A-Za-z]|!)")
HELP = re.compile(r"\s*(?:\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$")
NOTEBOOK_ONLY = ("get_ipython", "display")
SHOWN = 80
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def check_runs(name: str, data: bytes, *, python: tuple[int, int] | None = None) -> None:
    """Raises `RefusedCode` with the line and what to do about it.

    A newer `python` than ours may know a syntax that we don't; then running it will say whether it does.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except SyntaxError as error:
        _refuse_syntax(name, error, is_newer=python is not None and python > sys.version_info[:2])
        return
    except (ValueError, RecursionError, MemoryError):  # running it will say
        return
    lines = data.decode("utf-8", "replace").splitlines()
    bound = _names_bound(tree)
    asks = _asks(tree)
    for node, is_sure in _running(tree.body):
        if colab := _colab(node):
            if is_sure:
                _refuse("colab", name, colab, lines)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NOTEBOOK_ONLY:
            called = node.func.id
            if called not in bound and (is_sure or (called == "get_ipython" and not asks)):
                _refuse("magic" if called == "get_ipython" else "display", name, node.lineno, lines)


def _refuse_syntax(name: str, error: SyntaxError, *, is_newer: bool) -> None:
    line, text = error.lineno or 1, (error.text or "").rstrip("\n")[:200]
    if MAGIC.match(text) or HELP.match(text):
        _refuse("magic", name, line, [""] * (line - 1) + [text])
    if not is_newer:
        shown = text.strip()[:SHOWN]
        why = error.msg[:200]
        raise RefusedCode(
            "syntax_error",
            f"{name}, line {line}: this is no Python: “{shown}” ({why}). Mend the line and upload it again.",
            {"name": name, "line": line, "text": shown, "why": why},
        )


def _refuse(code: str, name: str, line: int, lines: list[str]) -> None:
    text = lines[line - 1].strip()[:SHOWN] if 0 < line <= len(lines) else ""
    params = {"name": name, "line": line, "text": text}
    said = {
        "magic": "{name}, line {line}: “{text}” works in a notebook only (get_ipython, % and ! lines). "
        "Delete the line; packages can't be installed here, and plots need no magic.",
        "display": "{name}, line {line}: “{text}” works in a notebook only. Use print(...) or delete the line.",
        "colab": "{name}, line {line}: “{text}” works in Google Colab only. Delete it; the competition's files are in "
        "the folder data.",
    }
    raise RefusedCode(f"notebook_{code}", said[code].format(**params), params)


def _running(body: list[ast.stmt]) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it surely runs, unguarded, when the program starts."""
    waiting: list[tuple[ast.AST, bool]] = [(node, True) for node in reversed(body)]
    while waiting:
        node, is_sure = waiting.pop()
        yield node, is_sure
        if isinstance(node, FUNCTIONS):
            children = [(child, False) for child in ast.iter_child_nodes(node)]
        elif isinstance(node, ast.Try):
            if node.handlers:
                children = [(child, is_sure) for child in (*node.orelse, *node.finalbody)]
                children += [(child, False) for handler in node.handlers for child in handler.body]
            else:
                children = [(child, is_sure) for child in (*node.body, *node.finalbody)]
        elif isinstance(node, ast.With) and any("suppress" in ast.dump(item) for item in node.items):
            children = []
        elif isinstance(node, ast.If | ast.IfExp | ast.BoolOp):
            children = [(child, False) for child in ast.iter_child_nodes(node)]
        else:
            children = [(child, is_sure) for child in ast.iter_child_nodes(node)]
        waiting += reversed(children)


def _colab(node: ast.AST) -> int:
    """The line of an import of Colab's own package, or 0."""
    if isinstance(node, ast.ImportFrom):
        named = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)] if not node.level else []
    elif isinstance(node, ast.Import):
        named = [alias.name for alias in node.names]
    else:
        return 0
    return node.lineno if any(n == "google.colab" or n.startswith("google.colab.") for n in named) else 0


def _names_bound(tree: ast.Module) -> set[str]:
    """Names that the program gives a meaning of its own anywhere; with a star import, all that we ask for."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.asname or alias.name for alias in node.names}
            found |= set(NOTEBOOK_ONLY) if "*" in names else names
    return found


def _asks(tree: ast.Module) -> bool:
    """Whether the program looks anywhere if it is in a notebook."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if (
                node.value in {"get_ipython", "IPython", "ipykernel", "google.colab"}
                or "InteractiveShell" in node.value
            ):
                return True
        elif isinstance(node, ast.Try) and node.handlers:
            tried = (inner for step in node.body for inner in ast.walk(step))
            if any(isinstance(inner, ast.Name) and inner.id == "get_ipython" for inner in tried):
                return True
    return False
