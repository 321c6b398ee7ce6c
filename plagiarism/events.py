"""A program as the events of its evaluation, and which event's value flows into which.

An event is what survives disguise: the library function that is called, the operator, the attribute, the loop. Names
that the program binds are gone, so renaming changes nothing; a nested call and its temporaries give the same events
in the same order; a comprehension gives those of its loop; wrappers (`if True`, `try`, a function called at once) give
none; values that nobody reads are left out. A flow is robust to reordering too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Origin = tuple[str, str]  # the event that made a value, and the one that made its main input
UNKNOWN: Origin = ("?", "")
NUMBER: Origin = ("N", "")
STRING: Origin = ("S", "")
LITERAL: Origin = ("C", "")
ROOTS = {"self", "cls"}
API_METHODS = {"fit", "predict", "transform", "forward", "step", "score", "train", "eval", "update", "call", "backward"}
PURE = {"len", "dict", "list", "tuple", "set", "range", "int", "float", "str", "sum", "min", "max", "abs", "sorted"}
MIRRORED = {"Gt": "Lt", "GtE": "LtE"}
APPEND = {"ListComp": "append", "SetComp": "add", "DictComp": "[]=", "GeneratorExp": "append"}
ENDS = (ast.Return, ast.Raise, ast.Break, ast.Continue)


class Events:
    """Walks one tree once. Afterwards `labels` and `lines` are parallel; `flows` are (position, consumer, producer)."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.lines: list[int] = []
        self.flows: list[tuple[int, str, Origin]] = []
        self.strings: list[tuple[int, str]] = []
        self.numbers: list[tuple[int, str]] = []
        self.bound: dict[str, int] = {}
        self.attributes: set[str] = set()
        self.executed: list[str | None] = []  # texts handed to exec; None where it is no literal
        self._loaded: set[str] = set()
        self._aliases: dict[str, str] = {}
        self._values: dict[str, Origin] = {}
        self._returns: dict[str, Origin] = {}
        self._returned: Origin = UNKNOWN
        self._unread: list[tuple[int, int, int, int, str]] = []
        self._line = 0

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
            if isinstance(statement, ENDS):
                break  # the rest never runs

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
        self._block(node.body)
        self._returns[name] = self._returned
        self._returned = outer

    def _arguments(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)):
            self._value(default)
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one is not None and one.arg not in ROOTS:
                self.bound.setdefault(one.arg, one.lineno)
                self._values[one.arg] = UNKNOWN

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
        self._block(node.body)
        self._block(node.orelse)

    def _loop(self, target: ast.expr, iterable: ast.expr) -> None:
        if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name) and iterable.func.id == "range":
            for argument in iterable.args:
                self._value(argument)
            self._emit("for", ())
            self._bind(target, NUMBER)
        else:
            origin = self._value(iterable)
            self._bind(target, self._emit("for", (origin,)))

    def _while(self, node: ast.While) -> None:
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:  # a counter's comparison is the loop's own
            self._value(test.left)
            self._value(test.comparators[0])
        else:
            self._value(test)
        self._emit("for", ())
        self._block(node.body)
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

    # values

    def _bind(self, target: ast.expr, origin: Origin) -> None:
        if isinstance(target, ast.Name):
            self.bound.setdefault(target.id, target.lineno)
            self._values[target.id] = origin
        elif isinstance(target, ast.Tuple | ast.List):
            for n, part in enumerate(target.elts):
                self._bind(part, (f"{origin[0]}#{n}", origin[1]) if origin[0] not in "?NSC" else origin)
        elif isinstance(target, ast.Attribute):
            base = target.value
            if isinstance(base, ast.Name) and base.id in ROOTS:
                self.attributes.add(target.attr)
                self._values["self." + target.attr] = origin
            else:
                self._emit("." + target.attr + "=", (self._value(base), origin))
        elif isinstance(target, ast.Subscript):
            before = self._value(target.value)
            self._value(target.slice)
            self._emit("[]=", (before, origin))
        elif isinstance(target, ast.Starred):
            self._bind(target.value, origin)

    def _emit(self, label: str, inputs: Iterable[Origin]) -> Origin:
        place = len(self.labels)
        self.labels.append(label)
        self.lines.append(self._line)
        main = ""
        for producer in inputs:
            if producer[0] != "?":
                self.flows.append((place, label, producer))
                main = main or producer[0]
        return (label, main)

    def _string(self, text: str) -> None:
        self.strings.append((self._line, text))

    def _value(self, node: ast.expr) -> Origin:
        kind = type(node)
        if kind is ast.Name:
            name: str = node.id  # type: ignore[attr-defined]
            self._loaded.add(name)
            return self._values.get(name) or ("@" + name, "")
        if kind is ast.Constant:
            value = node.value  # type: ignore[attr-defined]
            if isinstance(value, str):
                self.strings.append((node.lineno, value))
                return STRING
            if value is None or isinstance(value, bool) or value is ...:
                return LITERAL
            if isinstance(value, int | float) and not (isinstance(value, int) and -10 < value < 100):
                self.numbers.append((node.lineno, repr(value)[:40] if abs(value) < 10**300 else "big"))
            return NUMBER
        handler = VALUES.get(kind)
        return handler(self, node) if handler is not None else UNKNOWN

    def _is_module(self, node: ast.expr) -> bool:
        """A dotted name that starts with something the program never gave a value: a module or a class of one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self._values and node.id not in ROOTS

    def _attribute(self, node: ast.Attribute) -> Origin:
        base = node.value
        if isinstance(base, ast.Name) and base.id in ROOTS:
            return self._values.get("self." + node.attr) or ("@." + node.attr, "")
        if self._is_module(node):
            self._line = node.lineno
            return self._emit(node.attr, ())
        return self._emit("." + node.attr, (self._value(base),))

    def _call(self, node: ast.Call) -> Origin:
        function, inputs = node.func, []
        if isinstance(function, ast.Name):
            label = "@" + function.id
            self._loaded.add(function.id)
            if function.id in ("exec", "eval", "compile"):
                first = node.args[0] if node.args else None
                is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
                self.executed.append(first.value if is_text else None)  # type: ignore[union-attr]
        elif isinstance(function, ast.Attribute):
            label, base = function.attr, function.value
            if isinstance(base, ast.Name) and base.id in ROOTS:
                label = "@." + label
            elif isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super":
                pass
            elif self._is_module(base):
                if isinstance(base, ast.Name):
                    self._loaded.add(base.id)
            else:
                inputs.append(self._value(base))
        else:
            label = "()"
            inputs.append(self._value(function))
        for argument in node.args:
            inputs.append(self._value(argument.value if isinstance(argument, ast.Starred) else argument))
        words = [(word.arg or "**", self._value(word.value)) for word in node.keywords]
        self._line = node.lineno
        if label[0] == "@" and label[1:] in self._returns:
            # an own function: what it does was seen at its definition
            if inputs or words:
                self._emit(label, ())
            return self._returns[label[1:]]
        origin = self._emit(label, inputs)
        place = len(self.labels) - 1
        for word, producer in words:
            self.flows.append((place, label, (word + "=", producer[0])))
        return origin

    def _binary(self, node: ast.BinOp) -> Origin:
        left, right = self._value(node.left), self._value(node.right)
        if left == NUMBER and right == NUMBER:
            return NUMBER
        return self._emit(type(node.op).__name__, (left, right))

    def _unary(self, node: ast.UnaryOp) -> Origin:
        origin = self._value(node.operand)
        return origin if origin == NUMBER else self._emit(type(node.op).__name__, (origin,))

    def _compare(self, node: ast.Compare) -> Origin:
        inputs = [self._value(node.left), *(self._value(c) for c in node.comparators)]
        name = type(node.ops[0]).__name__
        return self._emit(MIRRORED.get(name, name), inputs)

    def _boolean(self, node: ast.BoolOp) -> Origin:
        return self._emit(type(node.op).__name__, [self._value(v) for v in node.values])

    def _subscript(self, node: ast.Subscript) -> Origin:
        base = self._value(node.value)
        index = self._value(node.slice)
        is_slice = isinstance(node.slice, ast.Slice | ast.Tuple)
        return self._emit("[:]" if is_slice else "[]", (base, index))

    def _slice(self, node: ast.Slice) -> Origin:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self._value(part)
        return UNKNOWN

    def _comprehension(self, node: Any) -> Origin:
        for part in node.generators:
            self._loop(part.target, part.iter)
            for test in part.ifs:
                self._emit("if", (self._value(test),))
        if isinstance(node, ast.DictComp):
            self._value(node.key)
            origin = self._value(node.value)
        else:
            origin = self._value(node.elt)
        return self._emit(APPEND[type(node).__name__], (origin,))

    def _collection(self, node: Any) -> Origin:
        origin = UNKNOWN
        for part in node.elts:
            origin = self._value(part)
        return origin if len(node.elts) == 1 else UNKNOWN

    def _dictionary(self, node: ast.Dict) -> Origin:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self._value(key)
            self._value(value)
        return ("{}", "")

    def _choice(self, node: ast.IfExp) -> Origin:
        self._emit("if", (self._value(node.test),))
        origin = self._value(node.body)
        self._value(node.orelse)
        return origin

    def _lambda(self, node: ast.Lambda) -> Origin:
        self._arguments(node.args)
        return self._value(node.body)

    def _inner(self, node: Any) -> Origin:
        return self._value(node.value) if node.value is not None else UNKNOWN

    def _walrus(self, node: ast.NamedExpr) -> Origin:
        origin = self._value(node.value)
        self._bind(node.target, origin)
        return origin

    def _joined(self, node: ast.JoinedStr) -> Origin:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self._value(part.value)
        return STRING

    def _is_pure(self, node: ast.expr) -> bool:
        """Whether a value that nobody reads can go: nothing in it changes an object of the program."""
        if isinstance(node, ast.Constant | ast.Name):
            return True
        if isinstance(node, ast.BinOp):
            return self._is_pure(node.left) and self._is_pure(node.right)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return all(map(self._is_pure, node.elts))
        if isinstance(node, ast.Dict):
            return all(map(self._is_pure, node.values))
        if isinstance(node, ast.Call):
            is_known = (isinstance(node.func, ast.Name) and node.func.id in PURE) or (
                isinstance(node.func, ast.Attribute) and self._is_module(node.func)
            )
            values = [*node.args, *(w.value for w in node.keywords)]
            return is_known and all(map(self._is_pure, values))
        return False


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
VALUES: dict[type, Callable[[Events, Any], Origin]] = {
    ast.Attribute: Events._attribute,
    ast.Call: Events._call,
    ast.BinOp: Events._binary,
    ast.UnaryOp: Events._unary,
    ast.Compare: Events._compare,
    ast.BoolOp: Events._boolean,
    ast.Subscript: Events._subscript,
    ast.Slice: Events._slice,
    ast.ListComp: Events._comprehension,
    ast.SetComp: Events._comprehension,
    ast.DictComp: Events._comprehension,
    ast.GeneratorExp: Events._comprehension,
    ast.List: Events._collection,
    ast.Tuple: Events._collection,
    ast.Set: Events._collection,
    ast.Dict: Events._dictionary,
    ast.IfExp: Events._choice,
    ast.Lambda: Events._lambda,
    ast.Starred: Events._inner,
    ast.Await: Events._inner,
    ast.Yield: Events._inner,
    ast.YieldFrom: Events._inner,
    ast.NamedExpr: Events._walrus,
    ast.JoinedStr: Events._joined,
}
