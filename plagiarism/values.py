"""What expressions do: each gives its events in the order of evaluation and says where its value comes from.

An event is what survives disguise: the library function that is called, the operator, the attribute. A flow says which
event's value another event takes. A comprehension gives the events of its loop.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

Origin = tuple[str, str]  # the event that made a value, and the one that made its main input
UNKNOWN: Origin = ("?", "")
NUMBER: Origin = ("N", "")
STRING: Origin = ("S", "")
LITERAL: Origin = ("C", "")
ROOTS = {"self", "cls"}
PURE = {"len", "dict", "list", "tuple", "set", "range", "int", "float", "str", "sum", "min", "max", "abs", "sorted"}
MIRRORED = {"Gt": "Lt", "GtE": "LtE"}
APPEND = {"ListComp": "append", "SetComp": "add", "DictComp": "[]=", "GeneratorExp": "append"}


class Values:
    """Walks expressions. `labels` and `lines` are parallel; `flows` are (position, consumer, producer).

    A label `@name` is the program's own name or an import's: which of them is known at the end of the program only.
    """

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

    def _arguments(self, arguments: ast.arguments) -> None:
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)):
            self._value(default)
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if one is not None and one.arg not in ROOTS:
                self.bound.setdefault(one.arg, one.lineno)
                self._values[one.arg] = UNKNOWN

    def _loop(self, target: ast.expr, iterable: ast.expr) -> None:
        if isinstance(iterable, ast.Call) and isinstance(iterable.func, ast.Name) and iterable.func.id == "range":
            for argument in iterable.args:
                self._value(argument)
            self._emit("for", ())
            self._bind(target, NUMBER)
        else:
            origin = self._value(iterable)
            self._bind(target, self._emit("for", (origin,)))

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


VALUES: dict[type, Callable[[Values, Any], Origin]] = {
    ast.Attribute: Values._attribute,
    ast.Call: Values._call,
    ast.BinOp: Values._binary,
    ast.UnaryOp: Values._unary,
    ast.Compare: Values._compare,
    ast.BoolOp: Values._boolean,
    ast.Subscript: Values._subscript,
    ast.Slice: Values._slice,
    ast.ListComp: Values._comprehension,
    ast.SetComp: Values._comprehension,
    ast.DictComp: Values._comprehension,
    ast.GeneratorExp: Values._comprehension,
    ast.List: Values._collection,
    ast.Tuple: Values._collection,
    ast.Set: Values._collection,
    ast.Dict: Values._dictionary,
    ast.IfExp: Values._choice,
    ast.Lambda: Values._lambda,
    ast.Starred: Values._inner,
    ast.Await: Values._inner,
    ast.Yield: Values._inner,
    ast.YieldFrom: Values._inner,
    ast.NamedExpr: Values._walrus,
    ast.JoinedStr: Values._joined,
}
