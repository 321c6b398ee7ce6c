"""Disguise a program the way copiers do, level by level, so that a detector's recall can be measured.

L1 new layout and comments. L2 and renaming, other literals, other aliases. L3 and reordering, dead code. L4 a part of
30 to 60% pasted into an unrelated host, half of them renamed. L5 is L2 and loops to comprehensions (and back),
temporaries, wrapping. L6 a part of 50 to 80% with all of it. Programs stay Python that parses; they need not run.
"""

from __future__ import annotations

import ast
import builtins
import copy
import random
from collections.abc import Iterable, Sequence

LEVELS = ("L1", "L2", "L3", "L4", "L5", "L6")
WORDS = """
alpha beta gamma delta value item entry result holder buffer thing element node chunk piece batch
record cell field unit signal source target output inner outer first second final base current other
local global_ part slot
""".split()  # noqa: SIM905
COMMENTS = (
    "# next step",
    "# compute this",
    "# as in the lecture",
    "# TODO check",
    "# important",
    "# done",
    "# my version",
)
KEPT = {"self", "cls", "__name__", "forward", "__init__", "super", "main"}
BUILTIN = set(dir(builtins))


def mutate(source: str, level: str, *, rng: random.Random, host: str) -> str:
    """A copy of `source` disguised at `level`; `host` takes the paste of L4 and L6."""
    tree = ast.parse(source)
    if level in {"L4", "L6"}:
        low, high = (0.3, 0.6) if level == "L4" else (0.5, 0.8)
        tree = ast.Module(body=part_of(tree, share=rng.uniform(low, high), rng=rng), type_ignores=[])
    if level in {"L2", "L3", "L5", "L6"} or (level == "L4" and rng.random() < 0.5):
        tree = rename(tree, rng)
        tree = Literals(rng).visit(tree)
    if level in {"L5", "L6"}:
        tree = restructure(tree, rng)
    if level in {"L3", "L6"}:
        tree.body = reorder(tree.body, rng)
        tree.body = with_dead_code(tree.body, rng)
    text = relayout(ast.unparse(ast.fix_missing_locations(tree)), rng)
    return paste(text, host, rng) if level in {"L4", "L6"} else text


def size_of(node: ast.AST) -> int:
    return sum(isinstance(n, ast.stmt) for n in ast.walk(node))


def part_of(tree: ast.Module, *, share: float, rng: random.Random) -> list[ast.stmt]:
    """A contiguous run of statements with about `share` of the program; long functions are opened."""
    total = size_of(tree)
    flat: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        is_large = size_of(statement) > share * total
        if is_large and isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.If | ast.For):
            flat += statement.body
        else:
            flat.append(statement)
    if not flat:
        return tree.body
    start = rng.randrange(len(flat))
    taken: list[ast.stmt] = []
    while sum(map(size_of, taken)) < share * total and len(taken) < len(flat):
        taken.append(flat[(start + len(taken)) % len(flat)] if start + len(taken) < len(flat) else flat[start - 1])
        if start + len(taken) > len(flat):
            start = max(start - 1, 0)
            taken = flat[start : start + len(taken)]
    return [copy.deepcopy(s) for s in taken]


def bound_names(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return {n for n in names if n not in KEPT and n not in BUILTIN and not n.startswith("__")}


class Renamer(ast.NodeTransformer):
    """New names for what the program binds, attributes of `self` included, and new import aliases."""

    def __init__(self, names: dict[str, str], aliases: dict[str, str]) -> None:
        self.names, self.aliases = names, aliases

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, self.aliases.get(node.id, node.id))
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.generic_visit(node)
        node.arg = self.names.get(node.arg, node.arg)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        if node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in KEPT:
            node.attr = self.names.get(node.attr, node.attr)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        is_local = isinstance(node.func, ast.Name) and node.func.id in self.names
        self.generic_visit(node)
        if is_local:
            for word in node.keywords:
                word.arg = self.names.get(word.arg, word.arg) if word.arg else None
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for name in node.names:
            if name.asname:
                name.asname = self.aliases.get(name.asname, name.asname)
        return node


def rename(tree: ast.Module, rng: random.Random) -> ast.Module:
    names: dict[str, str] = {}
    used: set[str] = set()
    for name in sorted(bound_names(tree)):
        new = "_".join(rng.sample(WORDS, rng.choice((1, 2, 2))))
        while new in used:
            new += str(rng.randint(0, 99))
        used.add(new)
        names[name] = new
    aliases = {
        n.asname: n.asname[0] + rng.choice("xyzk")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for n in node.names
        if n.asname and rng.random() < 0.5
    }
    return Renamer(names, aliases).visit(tree)


class Literals(ast.NodeTransformer):
    """Other numbers and other wording."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool) or value is None or self.rng.random() < 0.4:
            return node
        if isinstance(value, int) and value > 1:
            return ast.Constant(value + self.rng.randint(1, 9))
        if isinstance(value, float):
            return ast.Constant(round(value * self.rng.uniform(0.5, 1.9), 4))
        if isinstance(value, str) and " " in value:
            return ast.Constant(" ".join(self.rng.sample(WORDS, min(4, 1 + value.count(" ")))))
        return node


def names_in(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} - BUILTIN


def stored_in(node: ast.AST) -> set[str]:
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    found |= {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    # a method may change its object
    found |= {
        n.func.value.id
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and isinstance(n.func.value, ast.Name)
    }
    return found


def are_independent(a: ast.stmt, b: ast.stmt) -> bool:
    if isinstance(a, ast.Import | ast.ImportFrom) != isinstance(b, ast.Import | ast.ImportFrom):
        return False
    if any(isinstance(s, ast.Return | ast.Break | ast.Continue | ast.Raise) for s in (a, b)):
        return False
    if isinstance(a, ast.FunctionDef | ast.ClassDef) and isinstance(b, ast.FunctionDef | ast.ClassDef):
        return True
    return not (stored_in(a) & names_in(b) or stored_in(b) & names_in(a))


def bodies(statement: ast.stmt) -> Iterable[tuple[str, list[ast.stmt]]]:
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(statement, field, None)
        if isinstance(inner, list) and inner:
            yield field, inner


def reorder(statements: Sequence[ast.stmt], rng: random.Random) -> list[ast.stmt]:
    """Swap neighbours that do not depend on each other, many times over."""
    out = list(statements)
    for _ in range(4):
        for i in range(len(out) - 1):
            if rng.random() < 0.5 and are_independent(out[i], out[i + 1]):
                out[i], out[i + 1] = out[i + 1], out[i]
    for statement in out:
        for field, inner in bodies(statement):
            setattr(statement, field, reorder(inner, rng))
    return out


def dead(rng: random.Random) -> ast.stmt:
    name = f"{rng.choice(WORDS)}_{rng.randint(0, 99)}"
    text = rng.choice(
        (
            f"{name} = {rng.randint(0, 99)}",
            f"{name} = [{rng.randint(0, 9)}, {rng.randint(0, 9)}]",
            f"if False:\n    print({rng.randint(0, 99)})",
            f"{name} = len('{rng.choice(WORDS)}')",
            f"{name} = {rng.randint(2, 9)} * {rng.randint(2, 9)} + {rng.randint(2, 9)}",
            f"for {name} in range(0):\n    pass",
            f"{name} = None",
            "pass",
            f"{name} = dict({rng.choice(WORDS)}={rng.randint(2, 9)})",
        )
    )
    return ast.parse(text).body[0]


def with_dead_code(statements: Sequence[ast.stmt], rng: random.Random, *, rate: float = 0.4) -> list[ast.stmt]:
    out: list[ast.stmt] = []
    for statement in statements:
        for field, inner in bodies(statement):
            if not isinstance(statement, ast.ClassDef):
                setattr(statement, field, with_dead_code(inner, rng, rate=rate))
        out.append(statement)
        is_last_word = isinstance(statement, ast.Return | ast.Break | ast.Continue | ast.Raise | ast.ImportFrom)
        if rng.random() < rate and not is_last_word:
            out.append(dead(rng))
    return out


class Flip(ast.NodeTransformer):
    """`a < b` as `b > a`, at random."""

    MIRROR = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq}

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in self.MIRROR and self.rng.random() < 0.5:
            return ast.Compare(node.comparators[0], [self.MIRROR[type(node.ops[0])]()], [node.left])
        return node


class Temporaries(ast.NodeTransformer):
    """Take nested calls out of an expression into names of their own."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.before: list[ast.stmt] = []

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        for i, argument in enumerate(node.args):
            if isinstance(argument, ast.Call | ast.BinOp | ast.Subscript) and self.rng.random() < 0.5:
                name = f"{self.rng.choice(WORDS)}_{self.rng.randint(100, 999)}"
                self.before.append(ast.Assign([ast.Name(name, ast.Store())], argument))
                node.args[i] = ast.Name(name, ast.Load())
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda  # type: ignore[assignment]  # noqa: N815


def as_comprehension(first: ast.stmt, second: ast.stmt | None) -> ast.stmt | None:
    """`x = []` and a loop that only appends to x, as one comprehension."""
    if not (
        isinstance(first, ast.Assign)
        and isinstance(first.value, ast.List)
        and not first.value.elts
        and isinstance(first.targets[0], ast.Name)
        and isinstance(second, ast.For)
        and len(second.body) == 1
        and isinstance(second.body[0], ast.Expr)
        and isinstance(second.body[0].value, ast.Call)
        and isinstance(second.body[0].value.func, ast.Attribute)
        and second.body[0].value.func.attr == "append"
        and isinstance(second.body[0].value.func.value, ast.Name)
        and second.body[0].value.func.value.id == first.targets[0].id
    ):
        return None
    made = ast.ListComp(second.body[0].value.args[0], [ast.comprehension(second.target, second.iter, [], 0)])
    return ast.Assign(first.targets, made)


def as_loop(statement: ast.stmt) -> list[ast.stmt] | None:
    """A list comprehension assigned to a name, as a loop that appends."""
    if not (
        isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.ListComp)
        and len(statement.value.generators) == 1
    ):
        return None
    part, name = statement.value.generators[0], statement.targets[0].id
    append = ast.Expr(
        ast.Call(ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load()), [statement.value.elt], [])
    )
    inner: list[ast.stmt] = [ast.If(test, [append], []) for test in part.ifs] or [append]
    return [
        ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load())),
        ast.For(part.target, part.iter, inner[:1], []),
    ]


def as_while(statement: ast.stmt, rng: random.Random) -> list[ast.stmt] | None:
    """`for i in range(n)` as a while loop with a counter."""
    if not (
        isinstance(statement, ast.For)
        and isinstance(statement.target, ast.Name)
        and isinstance(statement.iter, ast.Call)
        and isinstance(statement.iter.func, ast.Name)
        and statement.iter.func.id == "range"
        and len(statement.iter.args) == 1
        and rng.random() < 0.5
    ):
        return None
    name = statement.target.id
    step = ast.AugAssign(ast.Name(name, ast.Store()), ast.Add(), ast.Constant(1))
    test = ast.Compare(ast.Name(name, ast.Load()), [ast.Lt()], [statement.iter.args[0]])
    return [
        ast.Assign([ast.Name(name, ast.Store())], ast.Constant(0)),
        ast.While(test, [*statement.body, step], []),
    ]


def rebuilt(statements: Sequence[ast.stmt], rng: random.Random) -> list[ast.stmt]:
    out: list[ast.stmt] = []
    pending = list(statements)
    while pending:
        statement = pending.pop(0)
        for field, inner in bodies(statement):
            setattr(statement, field, rebuilt(inner, rng))
        joined = as_comprehension(statement, pending[0] if pending else None)
        if joined is not None:
            pending.pop(0)
            out.append(joined)
            continue
        loop = as_loop(statement) or as_while(statement, rng)
        if loop is not None:
            out += loop
            continue
        if isinstance(statement, ast.Assign | ast.Expr | ast.Return | ast.AugAssign):
            temporaries = Temporaries(rng)
            statement = temporaries.visit(statement)
            out += temporaries.before
        out.append(statement)
    return out


def wrap(statements: list[ast.stmt], rng: random.Random) -> list[ast.stmt]:
    """Put runs of statements into `if True`, `try`, or a function that is called at once."""
    out: list[ast.stmt] = []
    i = 0
    while i < len(statements):
        size = rng.randint(2, 6)
        run = statements[i : i + size]
        is_plain = all(isinstance(s, ast.Assign | ast.Expr | ast.For | ast.AugAssign | ast.While) for s in run)
        if is_plain and rng.random() < 0.5:
            name = f"{rng.choice(WORDS)}_{rng.choice(WORDS)}_{rng.randint(0, 99)}"
            shape = rng.choice(("if", "try", "def"))
            if shape == "if":
                out.append(ast.If(ast.Constant(True), run, []))
            elif shape == "try":
                handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Raise()])
                out.append(ast.Try(run, [handler], [], []))
            else:
                nothing = ast.arguments([], [], None, [], [], None, [])
                out.append(ast.FunctionDef(name, nothing, run, [], None))
                out.append(ast.Expr(ast.Call(ast.Name(name, ast.Load()), [], [])))
            i += size
        else:
            out.append(statements[i])
            i += 1
    return out


def restructure(tree: ast.Module, rng: random.Random) -> ast.Module:
    tree = Flip(rng).visit(tree)
    tree.body = wrap(rebuilt(tree.body, rng), rng)
    return ast.fix_missing_locations(tree)


def relayout(text: str, rng: random.Random) -> str:
    """Comments and empty lines between lines; strings over several lines stay whole, since unparse writes them on one."""
    lines: list[str] = []
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if rng.random() < 0.15 and line.strip():
            lines.append(indent + rng.choice(COMMENTS))
        lines.append(line)
        if rng.random() < 0.1:
            lines.append("")
    made = "\n".join(lines) + "\n"
    try:
        ast.parse(made)
    except SyntaxError:  # a comment fell into a string
        return text + "\n"
    return made


def paste(part: str, host: str, rng: random.Random) -> str:
    """The part among the host's top-level statements."""
    tree = ast.parse(host)
    place = rng.randint(1, len(tree.body))
    before = ast.unparse(ast.Module(tree.body[:place], []))
    after = ast.unparse(ast.Module(tree.body[place:], []))
    return f"{before}\n\n{part}\n\n{after}\n"
