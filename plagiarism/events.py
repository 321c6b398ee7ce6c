"""A program as the events of its evaluation, and which event's value flows into which.

Names that the program binds are gone, so renaming changes nothing; a nested call and its temporaries give the same
events in the same order; wrappers (`if True`, `try`, a function called at once) give none; values that nobody reads are
left out. A flow is robust to reordering too. Here are the statements; `values.py` holds the expressions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from plagiarism.values import UNKNOWN, Values

API_METHODS = {"fit", "predict", "transform", "forward", "step", "score", "train", "eval", "update", "call", "backward"}
AT_TOP = (ast.Raise,)  # a body pasted without its function or loop ends nowhere else
IN_FUNCTION = (*AT_TOP, ast.Return)
IN_LOOP = (*IN_FUNCTION, ast.Break, ast.Continue)


class Events(Values):
    """Walks one tree once. Afterwards `labels` and `lines` are parallel; `flows` are (position, consumer, producer)."""

    def __init__(self) -> None:
        super().__init__()
        self._ends: tuple[type[ast.stmt], ...] = AT_TOP

    def walk(self, tree: ast.Module) -> None:
        """Raises RecursionError on a tree deeper than the stack."""
        self._block(tree.body)
        self._finish()

    def _finish(self) -> None:
        dropped = [u for u in self._unread if u[4] not in self._loaded]
        if dropped:
            gone = {p for start, end, *_ in dropped for p in range(start, end)}
            flows_gone = {p for _, _, start, end, _ in dropped for p in range(start, end)}
            flows = [f for n, f in enumerate(self.flows) if n not in flows_gone and f[0] not in gone]
            kept: list[int] = []
            place = {}
            for p in range(len(self.labels) + 1):
                place[p] = len(kept)
                if p not in gone and p < len(self.labels):
                    kept.append(p)
            self.flows = [(place[p], consumer, producer) for p, consumer, producer in flows]
            self.labels = [self.labels[p] for p in kept]
            self.lines = [self.lines[p] for p in kept]
        known: dict[str, str] = {}
        resolved = self._resolved
        self.labels = [resolved(label, known) if label[0] == "@" else label for label in self.labels]
        self.flows = [
            (
                p,
                resolved(consumer, known) if consumer[0] == "@" else consumer,
                (
                    resolved(origin[0], known) if origin[0][0] == "@" else origin[0],
                    resolved(origin[1], known) if origin[1][:1] == "@" else origin[1],
                ),
            )
            if consumer[0] == "@" or origin[0][0] == "@" or origin[1][:1] == "@"
            else (p, consumer, origin)
            for p, consumer, origin in self.flows
        ]

    def _resolved(self, label: str, known: dict[str, str]) -> str:
        """`@name` is the program's own if it binds it, and else what the import calls it."""
        found = known.get(label)
        if found is None:
            name = label[1:]
            if name[0] == ".":
                name = name[1:]
                found = "L" if name in self.attributes or name in self.bound else name
            else:
                found = "L" if name in self.bound else self._aliases.get(name, name)
            known[label] = found
        return found

    # statements

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self._line = statement.lineno
            handler = HANDLERS.get(type(statement))
            if handler is not None:
                handler(self, statement)
            if isinstance(statement, self._ends):
                break  # the rest never runs

    def _inner_block(self, statements: Sequence[ast.stmt], ends: tuple[type[ast.stmt], ...]) -> None:
        outer, self._ends = self._ends, ends
        self._block(statements)
        self._ends = outer

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name in node.names:
            self._aliases[name.asname or name.name] = name.name.rsplit(".", 1)[-1]

    def _assign(self, node: ast.Assign) -> None:
        start, flow_start, value = len(self.labels), len(self.flows), node.value
        origin = self._value(value)
        targets = node.targets
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and self._is_pure(value):
            self._unread.append((start, len(self.labels), flow_start, len(self.flows), targets[0].id))
        for target in targets:
            self._bind(target, origin)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self._bind(node.target, self._value(node.value) if node.value is not None else UNKNOWN)

    def _augmented(self, node: ast.AugAssign) -> None:
        origin = self._value(node.value)
        if isinstance(node.value, ast.Constant) and node.value.value == 1 and isinstance(node.target, ast.Name):
            self._loaded.add(node.target.id)
            self.bound.setdefault(node.target.id, node.lineno)
            return
        before = self._value(node.target)
        self._bind(node.target, self._emit(type(node.op).__name__, (before, origin)))

    def _expression(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str):
                self._string(node.value.value)
        else:
            self._value(node.value)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self._value(decorator)
        self.bound.setdefault(node.name, node.lineno)
        name = node.name
        if name in API_METHODS or (name[:2] == "__" and name != "__init__"):
            self._emit("def " + name, ())
        self._arguments(node.args)
        outer, self._returned = self._returned, UNKNOWN
        self._inner_block(node.body, IN_FUNCTION)
        self._returns[name] = self._returned
        self._returned = outer

    def _class(self, node: ast.ClassDef) -> None:
        for one in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            origin = self._value(one)
            self._emit("class", (origin,))
        self.bound.setdefault(node.name, node.lineno)
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                self.attributes.add(statement.name)
        self._block(node.body)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self._returned = self._value(node.value)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        if all(isinstance(s, ast.Pass) for s in node.body) and self._is_pure(node.iter):
            return
        self._loop(node.target, node.iter)
        self._inner_block(node.body, IN_LOOP)
        self._block(node.orelse)

    def _while(self, node: ast.While) -> None:
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:  # a counter's comparison is the loop's own
            self._value(test.left)
            self._value(test.comparators[0])
        else:
            self._value(test)
        self._emit("for", ())
        self._inner_block(node.body, IN_LOOP)
        self._block(node.orelse)

    def _if(self, node: ast.If) -> None:
        test = node.test
        if isinstance(test, ast.Constant):
            self._block(node.body if test.value else node.orelse)
            return
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__":
            self._block(node.body)
            return
        self._emit("if", (self._value(test),))
        self._block(node.body)
        self._block(node.orelse)

    def _try(self, node: ast.Try) -> None:
        self._block(node.body)
        for handler in node.handlers:
            self._block(handler.body)
        self._block(node.orelse)
        self._block(node.finalbody)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            origin = self._value(item.context_expr)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, origin)
        self._block(node.body)

    def _raise(self, node: ast.Raise) -> None:
        if node.exc is not None:
            self._value(node.exc)

    def _assert(self, node: ast.Assert) -> None:
        self._emit("assert", (self._value(node.test),))

    def _match(self, node: ast.Match) -> None:
        self._emit("if", (self._value(node.subject),))
        for case in node.cases:
            self._block(case.body)


HANDLERS: dict[type, Callable[[Events, Any], None]] = {
    ast.Import: Events._import,
    ast.ImportFrom: Events._import,
    ast.Assign: Events._assign,
    ast.AnnAssign: Events._annotated,
    ast.AugAssign: Events._augmented,
    ast.Expr: Events._expression,
    ast.FunctionDef: Events._function,
    ast.AsyncFunctionDef: Events._function,
    ast.ClassDef: Events._class,
    ast.Return: Events._return,
    ast.For: Events._for,
    ast.AsyncFor: Events._for,
    ast.While: Events._while,
    ast.If: Events._if,
    ast.Try: Events._try,
    ast.With: Events._with,
    ast.AsyncWith: Events._with,
    ast.Raise: Events._raise,
    ast.Assert: Events._assert,
    ast.Match: Events._match,
}
if hasattr(ast, "TryStar"):
    HANDLERS[ast.TryStar] = Events._try
