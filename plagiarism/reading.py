"""Bytes of a submitted file as text and a syntax tree, whatever they hold. Every trick met on the way is named.

Nothing here raises on hostile input. A file that does not parse is repaired line by line; what can't be repaired
still has its text. `FINDINGS` has the sentence for each code; the codes are what callers store.
"""

from __future__ import annotations

import ast
import codecs
import re
import unicodedata
import warnings
from dataclasses import dataclass

MAX_BYTES = 400_000
MAX_TREE = 120_000  # characters; parsing is slower than linear in what hostile files are made of
MOST_BRACES = 1_000
MAX_REPAIRS = 12
MAX_NESTING = 90
LONG_LINE = 5_000
FINDINGS = {
    "too_large": "too large to be read as a tree, or at all; its calls and operators were compared, up to a limit",
    "odd_encoding": "not valid UTF-8",
    "null_bytes": "holds null bytes, which Python refuses",
    "invisible_characters": "holds invisible or direction-changing characters",
    "lookalike_letters": "names mix letters of several alphabets that look alike",
    "long_line": f"has a line of more than {LONG_LINE} characters",
    "deep_nesting": "nested too deeply to be read as a tree",
    "does_not_parse": "does not parse as Python",
    "runs_text_as_code": "runs text as code (exec, eval, compile)",
    "code_in_string": "carries Python code inside a string",
    "too_many_files": "one of too many files; only some were compared",
    "empty": "holds no code",
}
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
BRACKETS = re.compile(r"[()\[\]{}]")
UNARY = re.compile(r"(?:[-+~][ \t]*){200}|(?:not[ \t]+){100}")
WORD = re.compile(r"[^\W\d]\w*")
LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝвкмнтАВЕКМНОРСТХІЈЅԌαορνικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijshdqwbkmhtABEKMHOPCTXIJSGaopvikTuxABEZHIKMNOPTYX",
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """`tree` is None if no reading of the text parses; `findings` are codes of `FINDINGS`, each once."""

    text: str
    tree: ast.Module | None
    findings: tuple[str, ...]


def read(data: bytes) -> Source:
    """The text, its tree where there is one, and what is odd about them."""
    findings: list[str] = []
    if len(data) > MAX_BYTES:
        data = data[:MAX_BYTES]
        findings.append("too_large")
    text = _decode(data, findings)
    if "\0" in text:
        text = text.replace("\0", " ")
        findings.append("null_bytes")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\f" in text:
        text = text.replace("\f", " ")
    if not text.isascii():
        text = _plain_letters(text, findings)
    if len(text) > LONG_LINE and max(map(len, text.split("\n"))) > LONG_LINE:
        findings.append("long_line")
    tree = None
    refused = _refusal(text)
    if refused:
        findings += [refused] * (refused not in findings)
        # one huge line, of data or to hide behind, must not blind the engine for the rest
        if "long_line" in findings and not _refusal(short := _without_long_lines(text)):
            tree = parse(short)
    else:
        tree = _parse(text, findings)
    return Source(text=text, tree=tree, findings=tuple(findings))


def _refusal(text: str) -> str | None:
    """The code of why no tree is made of a text."""
    if _nesting(text) > MAX_NESTING:
        return "deep_nesting"
    is_large = len(text) > MAX_TREE or (
        text.count("{") > MOST_BRACES and any(line.count("{") > MOST_BRACES for line in text.split("\n"))
    )
    return "too_large" if is_large else None


def _without_long_lines(text: str) -> str:
    """The same lines under the same numbers, the long ones taken for statements that do nothing."""
    return "\n".join(
        line if len(line) <= LONG_LINE else line[: len(line) - len(line.lstrip())] + "pass" for line in text.split("\n")
    )


def display_text(data: bytes) -> str:
    """The text as a person should see it, with the engine's line numbers; null bytes are written out."""
    text = _decode(data[:MAX_BYTES], ["too_large"] if len(data) > MAX_BYTES else [])
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\u2400")


def parse(text: str) -> ast.Module | None:
    """The tree of a text, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _decode(data: bytes, findings: list[str]) -> str:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            if encoding != "utf-8":
                findings.append("odd_encoding")
            return data[len(mark) :].decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and "too_large" in findings:  # the cut went through a character
            return data[: error.start].decode("utf-8")
    findings.append("odd_encoding")
    for line in data.split(b"\n", 2)[:2]:
        cookie = COOKIE.match(line)
        if cookie:
            try:
                return data.decode(cookie.group(1).decode("ascii"), "replace")
            except (LookupError, ValueError):
                break
    if data.count(b"\0") > len(data) // 4:
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    return data.decode("utf-8", "replace").replace("\ufffd", "?")


def _plain_letters(text: str, findings: list[str]) -> str:
    """Without invisible characters, and with lookalike letters in mixed words put back to Latin."""
    visible = INVISIBLE.sub("", text)
    if visible != text:
        findings.append("invisible_characters")
    is_mixed = False

    def plain(match: re.Match[str]) -> str:
        nonlocal is_mixed
        word = match.group()
        if word.isascii():
            return word
        normal = unicodedata.normalize("NFKC", word)
        latin = normal.translate(LOOKALIKES)
        # a word of another alphabet alone is language, not disguise
        if latin.isascii() and any(c.isascii() and c.isalpha() for c in normal):
            is_mixed = True
            return latin
        if normal != word and normal.isascii():
            is_mixed = True
        return normal

    made = WORD.sub(plain, visible)
    if is_mixed:
        findings.append("lookalike_letters")
    return made


def _nesting(text: str) -> int:
    """An upper bound of the depth of brackets, unary signs and indentation, cheap enough for any size."""
    deepest = depth = 0
    if text.count("(") + text.count("[") + text.count("{") > MAX_NESTING:
        for sign in BRACKETS.findall(text):
            depth = depth + 1 if sign in "([{" else max(depth - 1, 0)
            deepest = max(deepest, depth)
    if text.count("-") + text.count("+") + text.count("~") > 200 or text.count("not") > 100:
        deepest = max(deepest, MAX_NESTING + 1 if UNARY.search(text) else 0)
    return deepest


def _parse(text: str, findings: list[str]) -> ast.Module | None:
    """The tree of the text with as few lines blanked as it takes."""
    lines: list[str] | None = None
    for _ in range(MAX_REPAIRS):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text)
        except SyntaxError as error:
            if lines is None:
                findings.append("does_not_parse")
                lines = text.split("\n")
            bad = (error.lineno or 0) - 1
            if not 0 <= bad < len(lines) or len(text) > 100_000:
                return None
            while bad > 0 and lines[bad].strip() in {"", "pass"}:
                bad -= 1
            if lines[bad].strip() in {"", "pass"}:
                return None
            indent = lines[bad][: len(lines[bad]) - len(lines[bad].lstrip())]
            opens = re.match(r"\s*(if|for|while|def|class|with|else|elif|try|except|finally)\b", lines[bad])
            lines[bad] = indent + ("if 1:" if opens and lines[bad].rstrip().endswith(":") else "pass")
            text = "\n".join(lines)
        except (ValueError, RecursionError, MemoryError):
            findings.append("deep_nesting")
            return None
    return None
