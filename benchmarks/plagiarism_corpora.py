"""Labelled corpora: unrelated programs plus disguised copies of some of them.

`task` writes independent answers to one assignment from a grammar of course code, all around the same starter code;
`real` takes unrelated scripts from folders that the caller names. Both are pure functions of their seed.
"""

from __future__ import annotations

import ast
import io
import keyword
import random
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plagiarism_mutator import mutate
from plagiarism_task_grammar import MODELS, NAMES, STARTER_BODY, STARTER_HEAD, STEPS

SHARED, SHARED_RUNS, RUN = 0.18, 0.10, 20
LEAST_CALLS = 20
MASKED = {tokenize.NUMBER: "0", tokenize.STRING: "text"}


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """`truth` holds the pairs (original, copy) in the order of their names; `level_of` maps a pair to its level."""

    sources: dict[str, str]
    truth: frozenset[tuple[str, str]]
    starter: str | None


def with_copies(
    originals: Sequence[str],
    hosts: Sequence[str],
    *,
    level: str,
    n_copies: int,
    rng: random.Random,
    starter: str | None = None,
) -> Corpus:
    """The originals and `n_copies` copies at `level`, under shuffled names that say nothing."""
    chosen = rng.sample(range(len(originals)), n_copies)
    # a host of its own for each: two pastes in one host would be copies of each other
    around = rng.sample(list(hosts), n_copies)
    texts = [*originals, *(mutate(originals[i], level, rng=rng, host=h) for i, h in zip(chosen, around, strict=True))]
    labels = [f"s{n:04}.py" for n in rng.sample(range(10_000), len(texts))]
    sources = dict(sorted(zip(labels, texts, strict=True)))
    pairs = [(labels[i], labels[len(originals) + k]) for k, i in enumerate(chosen)]
    return Corpus(sources=sources, truth=frozenset((min(p), max(p)) for p in pairs), starter=starter)


def real_sources(folders: Sequence[Path], *, low: int = 40, high: int = 400) -> list[str]:
    """Python files of `low` to `high` lines of code below the folders, in the order of their paths; documentation,
    comments and imports are no code, tables of data no programs, and there are no tests, which quote what they test.

    Of two that share code only the first is kept: published programs are often written from each other, and the corpus
    calls every pair unrelated that it did not make. Two share code if `SHARED` of the smaller one's longer lines, or
    `SHARED_RUNS` of its runs of `RUN` tokens with every name masked, stand in the other. That is what copydetect looks
    at, so the rule spares it false alarms that ours may be charged with.
    """
    found: list[str] = []
    seen: list[tuple[set[str], set[int]]] = []
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            text = path.read_text(encoding="utf-8", errors="replace")
            if not text.isascii() or is_test(path):
                continue
            try:
                code = code_of(text)
                tokens = masked_tokens(code)
                n_calls = sum(isinstance(node, ast.Call) for node in ast.walk(ast.parse(code)))
            except (SyntaxError, ValueError, RecursionError):
                continue
            if not low <= code.count("\n") + 1 <= high or n_calls < LEAST_CALLS:
                continue
            lines = {s for line in text.splitlines() if len(s := line.strip()) > 20 and "import " not in s}
            runs = {hash(tuple(tokens[i : i + RUN])) for i in range(len(tokens) - RUN + 1)}
            if any(is_part(lines, others[0], SHARED) or is_part(runs, others[1], SHARED_RUNS) for others in seen):
                continue
            seen.append((lines, runs))
            found.append(text)
    return found


def is_test(path: Path) -> bool:
    name = path.stem
    return (
        name.startswith(("test_", "conftest"))
        or name.endswith("_test")
        or any(part in {"test", "tests", "testing"} for part in path.parts)
    )


def is_part(a: set[Any], b: set[Any], share: float) -> bool:
    return len(a & b) > share * min(len(a), len(b))


def code_of(text: str) -> str:
    """A program in one layout, without docstrings and imports."""
    tree = ast.parse(text)
    tree.body = [s for s in tree.body if not isinstance(s, ast.Import | ast.ImportFrom)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def masked_tokens(code: str) -> list[str]:
    """The tokens of a program, every name and literal masked."""
    tokens = []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.NAME:
            tokens.append(token.string if keyword.iskeyword(token.string) else "name")
        elif token.type in MASKED:
            tokens.append(MASKED[token.type])
        elif token.type == tokenize.OP:
            tokens.append(token.string)
    return tokens


def real(sources: Sequence[str], *, level: str, seed: int, n_originals: int = 300, n_copies: int = 40) -> Corpus:
    rng = random.Random(f"real {level} {seed}")
    chosen = rng.sample(list(sources), min(len(sources), n_originals + max(n_copies, 60)))
    n = len(chosen) - max(n_copies, 60)
    return with_copies(chosen[:n], chosen[n:], level=level, n_copies=n_copies, rng=rng)


def task(*, level: str, seed: int, n_originals: int = 320, n_copies: int = 40, variants: int = 99) -> Corpus:
    """`variants` bounds the ways to write a step that the grammar draws from: fewer make answers more alike."""
    rng = random.Random(f"task {level} {seed}")
    originals = [answer(rng, variants=variants) for _ in range(n_originals)]
    hosts = [answer(rng, variants=variants) for _ in range(60)]
    return with_copies(originals, hosts, level=level, n_copies=n_copies, rng=rng, starter=starter())


def starter() -> str:
    return f'{STARTER_HEAD}\n\n{STARTER_BODY}\n\nif __name__ == "__main__":\n    main()\n'


def spin(text: str, rng: random.Random) -> str:
    """Choose one of each `«a||b||c»`, innermost first."""
    inner = re.compile(r"«([^«»]*)»")
    while True:
        made = inner.sub(lambda m: rng.choice(m.group(1).split("||")), text)
        if made == text:
            return made
        text = made


def answer(rng: random.Random, *, variants: int = 99) -> str:
    """One student's answer: steps of the grammar, with a style of names, in functions or at the top."""
    names = {role: rng.choice(options) for role, options in NAMES.items()}
    steps: list[str] = []
    for choices, probability in STEPS:
        if rng.random() < probability:
            steps.append(rng.choice(choices[:variants]))
    models = rng.sample(MODELS[: 2 * variants], rng.choice((1, 1, 2, 3)))
    place = max(len(steps) - rng.randint(1, 3), 1)
    steps[place:place] = models
    blocks = []
    for step in steps:
        text = spin(step.strip("\n"), rng)
        text = re.sub(r"@(\w+)@", lambda m: names[m.group(1)], text)
        text = re.sub(r"#(\d+):(\d+)#", lambda m: str(rng.randint(int(m.group(1)), int(m.group(2)))), text)
        blocks.append(text)
    is_divided = rng.random() < 0.5
    body: list[str] = []
    functions: list[str] = []
    for n, block in enumerate(blocks):
        if "def " in block.split("\n", 1)[0] or "class " in block.split("\n", 1)[0]:
            functions.append(block)
        elif is_divided and rng.random() < 0.5:
            name = rng.choice(("prepare", "run", "step", "do", "make", "build")) + f"_{rng.choice('abcdefgh')}{n}"
            stored = sorted(set(re.findall(r"^(\w+) = ", block, re.MULTILINE)))[:3]
            end = f"\n    return {', '.join(stored)}" if stored else ""
            functions.append(f"def {name}({names['x']}, {names['y']}):\n" + indent(block) + end)
            body.append(f"{', '.join(stored)} = {name}({names['x']}, {names['y']})" if stored else f"{name}(0, 0)")
        else:
            body.append(block)
    main = "def main():\n" + indent(f"{names['x']}, {names['y']} = load_data(DATA)\n" + "\n".join(body))
    return f"{STARTER_HEAD}\n\n{STARTER_BODY.split('def main')[0]}\n" + "\n\n\n".join(
        [*functions, main, 'if __name__ == "__main__":\n    main()\n']
    )


def indent(text: str) -> str:
    return "\n".join("    " + line if line else line for line in text.split("\n"))
