"""The stored form of a submission: stable 64-bit hashes in a few views, each with the place where it stands.

The views see through different disguises. `events` (single ones, counted) and `flows` (what feeds what) survive
reordering and restructuring, `grams` (runs of events) are rare enough to betray a paste, `words` (names, literals,
comments) betray a paste that was not renamed. Hashes depend on the text and on `SCHEME` alone, so they can be kept for
years and compared with those of a later term; a change of scheme means fingerprinting again.
"""

from __future__ import annotations

import ast
import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from multiprocessing import current_process, get_context

import numpy as np
import numpy.typing as npt

from plagiarism.events import Events
from plagiarism.reading import FINDINGS, Source, parse, read
from plagiarism.values import Origin

SCHEME = 2
VIEWS = ("events", "flows", "grams", "words")
GRAM_SIZES = (3, 5, 9)
MOST_EVENTS = 20_000
MOST_FILES = 200
MOST_REPEATS = 4
SHORTEST_COMMENT = 12
MULTIPLIER, SALT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
COMMENT = re.compile(r"^[ \t]*#[ \t!]*(\S.*)$", re.MULTILINE)
TOKEN = re.compile(r"(?P<name>[^\W\d]\w*)(?P<call>\s*\()?|(?P<sign>\*\*|//|[-+*/%@<>]=?|==|!=)")
SIGNS = {"+": "Add", "-": "Sub", "*": "Mult", "/": "Div", "**": "Pow", "%": "Mod", "<": "Lt", ">": "Lt", "==": "Eq"}
STRUCTURAL = {"for": "for", "while": "for", "if": "if", "elif": "if", "assert": "assert"}

UInts = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something odd about a file; `code` is one of `plagiarism.reading.FINDINGS`."""

    file: str
    code: str

    @property
    def message(self) -> str:
        return FINDINGS[self.code]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fingerprint:
    """One submission. `hashes[bounds[v]:bounds[v + 1]]` are view v's, sorted and each once; `places` are parallel:
    the index of an event, or of the event after a word. `stream`, `lines` and `file_of` describe the events in order.
    """

    hashes: UInts
    places: Ints
    bounds: tuple[int, ...]
    stream: UInts
    lines: Ints
    file_of: Ints
    files: tuple[str, ...]
    findings: tuple[Finding, ...]

    def view(self, name: str) -> UInts:
        v = VIEWS.index(name)
        return self.hashes[self.bounds[v] : self.bounds[v + 1]]


@dataclass(kw_only=True)
class _File:
    """What one file contributes before hashing."""

    labels: list[str]
    lines: list[int]
    flows: list[tuple[int, str, Origin]]
    words: list[tuple[int, str]]
    codes: list[str]


def fingerprint(files: Mapping[str, bytes]) -> Fingerprint:
    """Fingerprint of a submission's files (name -> bytes). Never raises on hostile input."""
    findings: list[Finding] = []
    lines: list[int] = []
    file_of: list[int] = []
    names: list[str] = []
    labels: list[str] = []
    flows: list[tuple[int, str, Origin]] = []
    words: list[tuple[int, str]] = []
    # empty files must not crowd out those that hold something
    chosen = sorted(files, key=lambda name: (not files[name].strip(), name))[:MOST_FILES]
    if len(files) > MOST_FILES:
        findings.append(Finding(file=sorted(set(files) - set(chosen))[0], code="too_many_files"))
    for name in sorted(chosen):
        part = _file(read(files[name]))
        findings += [Finding(file=name, code=code) for code in part.codes]
        start, room = len(labels), MOST_EVENTS - len(labels)
        if len(part.labels) > room:
            findings.append(Finding(file=name, code="too_large"))
        labels += part.labels[:room]
        lines += part.lines[:room]
        flows += [(start + p, consumer, producer) for p, consumer, producer in part.flows if p < room]
        words += _placed(part, start)
        file_of += [len(names)] * (len(labels) - start)
        names.append(name)
    stream = np.fromiter((_hash(label) for label in labels), dtype=np.uint64, count=len(labels))
    views = (_counted(stream), _flow_hashes(flows), _gram_hashes(stream), _word_hashes(words))
    hashes, places, bounds = [], [], [0]
    for v, (found, where) in enumerate(views):
        unique, first = np.unique(found * np.uint64(2 * v + 3), return_index=True)
        hashes.append(unique)
        places.append(where[first])
        bounds.append(bounds[-1] + len(unique))
    return Fingerprint(
        hashes=np.concatenate(hashes),
        places=np.concatenate(places).astype(np.int32),
        bounds=tuple(bounds),
        stream=stream,
        lines=np.array(lines, dtype=np.int32),
        file_of=np.array(file_of, dtype=np.int32),
        files=tuple(names),
        findings=tuple(findings),
    )


def fingerprint_all(submissions: Sequence[Mapping[str, bytes]], *, processes: int = 1) -> list[Fingerprint]:
    """Fingerprints in the given order. More than one process pays from some hundred submissions on."""
    # a daemon, such as a Celery worker's child, may not have children
    if processes < 2 or len(submissions) < 150 or current_process().daemon:
        with _no_collection():
            return [fingerprint(files) for files in submissions]
    size = max(len(submissions) // (processes * 4), 1)
    chunks = [submissions[i : i + size] for i in range(0, len(submissions), size)]
    with get_context("fork").Pool(processes) as pool:
        return [one for chunk in pool.imap(fingerprint_all, chunks) for one in chunk]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Trees are freed by their counts; the collector would walk every node of them for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _file(source: Source, *, depth: int = 0) -> _File:
    codes = list(source.findings)
    events = Events()
    tree = source.tree
    if tree is not None:
        try:
            events.walk(tree)
        except RecursionError:
            codes.append("deep_nesting")
            tree = None
    if tree is None:
        labels, lines = _crude(source.text)
        names = [(n, w) for n, line in enumerate(source.text.split("\n"), 1) for w in line[:2000].split()[:50]]
        return _File(
            labels=labels, lines=lines, flows=[], words=names[:MOST_EVENTS], codes=_unique(codes, is_empty=not labels)
        )
    words = [(line, "s" + text.strip()) for line, text in events.strings if len(text.strip()) > 1]
    words += [(line, "n" + text) for line, text in events.numbers]
    words += [(line, "v" + name) for name, line in events.bound.items() if len(name) > 2]
    if "#" in source.text:
        words += _comments(source.text)
    made = _File(labels=events.labels, lines=events.lines, flows=events.flows, words=words, codes=codes)
    if depth == 0:
        _open_strings(events, made)
    made.codes = _unique(made.codes, is_empty=not any(map(_is_code, tree.body)))
    return made


def _unique(codes: Sequence[str], *, is_empty: bool) -> list[str]:
    return list(dict.fromkeys([*codes, *(("empty",) if is_empty else ())]))


def _is_code(statement: ast.stmt) -> bool:
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not (is_text or isinstance(statement, ast.Pass | ast.Import | ast.ImportFrom))


def _open_strings(events: Events, made: _File) -> None:
    """Code that hides in strings counts as code, at the string's line."""
    if events.executed:
        made.codes.append("runs_text_as_code")
    for line, text in events.strings:
        is_executed = text in events.executed
        if len(text) < 30 or not (is_executed or ("\n" in text and ("=" in text or "def " in text))):
            continue
        tree = parse(text)
        if tree is None or len(tree.body) < (1 if is_executed else 3):
            continue
        inner = _file(Source(text=text, tree=tree, findings=()), depth=1)
        if len(inner.labels) < 3:
            continue
        start = len(made.labels)
        made.labels += inner.labels
        made.lines += [line] * len(inner.labels)
        made.flows += [(start + p, consumer, producer) for p, consumer, producer in inner.flows]
        made.codes.append("code_in_string")


def _comments(text: str) -> list[tuple[int, str]]:
    found = []
    line = at = 0
    for match in COMMENT.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        letters = "".join(c for c in match.group(1).casefold() if c.isalnum())
        if len(letters) >= SHORTEST_COMMENT:
            found.append((line + 1, "c" + letters))
    return found


def _crude(text: str) -> tuple[list[str], list[int]]:
    """Events of a text that is no Python: called names, attributes, operators and keywords of structure."""
    labels: list[str] = []
    lines: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        code = line[:20_000].split("#", 1)[0]
        if code.lstrip().startswith(("import ", "from ", "def ", "class ")):
            continue
        for match in TOKEN.finditer(code):
            name = match["name"]
            if name is None:
                label: str | None = SIGNS.get(match["sign"])
            elif name in STRUCTURAL:
                label = STRUCTURAL[name]
            else:
                is_attribute = match.start() > 0 and code[match.start() - 1] == "."
                label = name if match["call"] else ("." + name if is_attribute else None)
            if label is not None:
                labels.append(label)
                lines.append(number)
        if len(labels) > MOST_EVENTS:
            break
    return labels[:MOST_EVENTS], lines[:MOST_EVENTS]


def _placed(part: _File, start: int) -> list[tuple[int, str]]:
    """Words with the first event at or after their line in place of the line."""
    if not part.words:
        return []
    lines = np.maximum.accumulate(np.array(part.lines, dtype=np.int64)) if part.lines else np.zeros(0)
    where = np.searchsorted(lines, [line for line, _ in part.words])
    last = max(start + len(part.lines) - 1, 0)
    return [(min(start + int(p), last), word) for p, (_, word) in zip(where, part.words, strict=True)]


_known: dict[str, int] = {}


def _hash(text: str) -> int:
    found = _known.get(text)
    if found is None:
        if len(_known) > 500_000:
            _known.clear()
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, salt=SCHEME.to_bytes(2, "big")).digest()
        found = _known[text] = int.from_bytes(digest, "big")
    return found


def _mixed(a: UInts, b: UInts) -> UInts:
    made = (a ^ (a >> np.uint64(29))) * MULTIPLIER + b
    return made ^ (made >> np.uint64(32))


def _counted(stream: UInts) -> tuple[UInts, npt.NDArray[np.intp]]:
    """Each event with how often it has occurred before, up to a few times."""
    order = np.argsort(stream, kind="stable")
    ordered = stream[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(stream) else np.zeros(0, dtype=np.intp)
    sizes = np.diff(np.r_[starts, len(stream)])
    repeat = np.arange(len(stream)) - np.repeat(starts, sizes)
    kept = repeat < MOST_REPEATS
    return _mixed(ordered[kept], repeat[kept].astype(np.uint64)), order[kept]


def _flow_hashes(flows: Sequence[tuple[int, str, Origin]]) -> tuple[UInts, npt.NDArray[np.intp]]:
    made: list[int] = []
    where: list[int] = []
    for place, consumer, origin in flows:
        key = (consumer, origin)
        found = _known_flows.get(key)
        if found is None:
            if len(_known_flows) > 500_000:
                _known_flows.clear()
            found = _known_flows[key] = _flow(consumer, origin)
        made += found
        where += [place] * len(found)
    return np.array(made, dtype=np.uint64), np.array(where, dtype=np.intp)


_known_flows: dict[tuple[str, Origin], tuple[int, ...]] = {}


def _flow(consumer: str, origin: Origin) -> tuple[int, ...]:
    """The hash of a flow, and that of the flow with what stands before it."""
    producer, before = origin
    if producer in {"N", "S", "C"}:
        return ()
    if before and before != "?":
        return _hash(f"{consumer}<{producer}"), _hash(f"{consumer}<{producer}<{before}")
    return (_hash(f"{consumer}<{producer}"),)


def _gram_hashes(stream: UInts) -> tuple[UInts, npt.NDArray[np.intp]]:
    hashes, where = [], []
    for size in GRAM_SIZES:
        n = len(stream) - size + 1
        if n <= 0:
            continue
        made = np.full(n, SALT + np.uint64(size))
        for k in range(size):
            made = _mixed(made, stream[k : k + n])
        hashes.append(made)
        where.append(np.arange(n))
    if not hashes:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.intp)
    return np.concatenate(hashes), np.concatenate(where)


def _word_hashes(words: Sequence[tuple[int, str]]) -> tuple[UInts, npt.NDArray[np.intp]]:
    hashes = np.fromiter((_hash("w" + word[:400]) for _, word in words), dtype=np.uint64, count=len(words))
    return hashes, np.array([place for place, _ in words], dtype=np.intp)
