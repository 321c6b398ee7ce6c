#!/usr/bin/env python3
"""Keep the translations whole: collect what the site says, merge it into each catalogue, compile it.

    .venv/bin/python scripts/messages.py            collect, merge, compile; then say what waits for a translation
    .venv/bin/python scripts/messages.py --check    change nothing; exit 1 if a catalogue is not complete

Babel does the reading, so GNU gettext is not needed. What is written depends on the messages alone: no dates, paths or
line numbers, sorted, one line per message. `docs/translating.md` has the words that we use in Romanian.
"""

from __future__ import annotations

import argparse
import io
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "platform" / "arena"
LOCALE = SITE / "locale"
# sentences of Django's own that readers meet here and that we put better
BORROWED = LOCALE / "borrowed.pot"
HEADER = (
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Language: {language}\n"
    "MIME-Version: 1.0\n"
    "Plural-Forms: {plurals}\n"
)
PLURALS = {"ro": "nplurals=3; plural=(n==1?0:(((n%100>19)||((n%100==0)&&(n!=0)))?2:1));"}
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[-\d.]*[a-z]|%[sd]|\{\w*\}")


@dataclass(frozen=True, order=True)
class Key:
    """What is looked up: the English text, with the context and the plural it may have."""

    text: str
    context: str = ""
    plural: str = ""


Catalogue = dict[Key, tuple[str, ...]]


# ---- collect


def collect() -> dict[Key, tuple[str, ...]]:
    """Every message of the site, with the comments for translators beside it."""
    found: dict[Key, tuple[str, ...]] = {}
    for path in sorted(
        [*SITE.rglob("*.py"), *(SITE / "templates").rglob("*.html"), *(SITE / "templates").rglob("*.txt")]
    ):
        for key, comments in messages_in(path):
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *comments)))
    for key in read(BORROWED):
        found.setdefault(key, ())
    for text in of_the_models():
        found.setdefault(Key(text=text), ())
    return found


def of_the_models() -> Iterator[str]:
    """What the gallery says of each reference model: its sentence, its group's heading, the topics that teach it."""
    sys.path.insert(0, str(ROOT))
    from reference_models.catalogue import GROUPS, MODELS

    yield from GROUPS.values()
    for model in MODELS:
        yield from (model.title, *model.topics)


def messages_in(path: Path) -> Iterator[tuple[Key, list[str]]]:
    """The marked messages of a Python file or of a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django's own reading of templates gives Python; no line of it may look indented
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    source = io.BytesIO(text.encode())
    for _line, message, comments, context in extract("python", source, KEYWORDS, comment_tags=["Translators:"]):
        text, plural = message if isinstance(message, tuple) else (message, "")
        if text:
            yield Key(text=text, context=context or "", plural=plural), comments


# ---- read and write


def read(path: Path) -> Catalogue:
    """A .po file; a message that is not translated, or only by guess (fuzzy), has empty texts."""
    entries: Catalogue = {}
    with path.open("rb") as file:
        for message in read_po(file, ignore_obsolete=True):
            if not message.id:
                continue
            text, plural = message.id if isinstance(message.id, tuple) else (message.id, "")
            strings = message.string if isinstance(message.string, tuple) else (message.string or "",)
            if message.fuzzy:
                strings = ("",) * len(strings)
            entries[Key(text=text, context=message.context or "", plural=plural)] = strings
    return entries


def merged(found: dict[Key, tuple[str, ...]], kept: Catalogue, *, language: str) -> Catalogue:
    """The messages found, with the translations there are; what the site no longer says is dropped."""
    n_plurals = int(PLURALS[language].split("=")[1][0])
    return {key: kept.get(key) or ("",) * (n_plurals if key.plural else 1) for key in sorted(found)}


def po_text(catalogue: Catalogue, comments: dict[Key, tuple[str, ...]], *, language: str) -> str:
    """The catalogue as a .po file, which any editor of translations opens."""
    header = HEADER.format(language=language, plurals=PLURALS[language])
    lines = ['msgid ""', f"msgstr {quoted(header)}"]
    for key, strings in catalogue.items():
        lines.append("")
        lines += [f"#. {comment}" for comment in comments.get(key, ())]
        if any(p != "%%" and p.startswith("%") for p in PLACEHOLDER.findall(key.text + key.plural)):
            lines.append("#, python-format")
        if key.context:
            lines.append(f"msgctxt {quoted(key.context)}")
        lines.append(f"msgid {quoted(key.text)}")
        if key.plural:
            lines.append(f"msgid_plural {quoted(key.plural)}")
            lines += [f"msgstr[{i}] {quoted(string)}" for i, string in enumerate(strings)]
        else:
            lines.append(f"msgstr {quoted(strings[0])}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    parts = escaped.splitlines(keepends=True)
    if len(parts) < 2:
        return f'"{escaped}"'.replace("\n", "\\n")
    return '""\n' + "\n".join(f'"{part}"'.replace("\n", "\\n") for part in parts)


def mo_bytes(catalogue: Catalogue, *, language: str) -> bytes:
    """The catalogue as gettext's machine file: two tables of lengths and offsets, then the texts."""
    texts = {"": HEADER.format(language=language, plurals=PLURALS[language])}
    for key, strings in catalogue.items():
        if all(strings):
            name = f"{key.context}\x04{key.text}" if key.context else key.text
            texts[f"{name}\x00{key.plural}" if key.plural else name] = "\x00".join(strings)
    pairs = sorted((name.encode(), text.encode()) for name, text in texts.items())
    n, start = len(pairs), 28
    offset = start + 16 * n
    tables, blob = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), offset + len(blob))
            blob += pair[side] + b"\0"
    head = struct.pack("<IIIIIII", 0x950412DE, 0, n, start, start + 8 * n, 0, offset)
    return head + tables[0] + tables[1] + blob


# ---- check


def problems(catalogue: Catalogue) -> Iterator[str]:
    """What is wrong with the translations, in sentences."""
    for key, strings in catalogue.items():
        if not all(strings):
            yield f"not translated: {key.text!r}"
            continue
        for i, string in enumerate(strings):
            wanted = {tuple(sorted(PLACEHOLDER.findall(key.plural or key.text)))}
            if key.plural and i == 0:  # «one» may go without its number
                wanted.add(tuple(sorted(PLACEHOLDER.findall(key.text))))
            if tuple(sorted(PLACEHOLDER.findall(string))) not in wanted:
                yield f"other placeholders than in English: {string!r}"
            if (key.text[:1].isspace(), key.text[-1:].isspace()) != (string[:1].isspace(), string[-1:].isspace()):
                yield f"other spaces around than in English: {string!r}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/messages.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a catalogue is not complete")
    options = parser.parse_args(arguments)
    found, wrong = collect(), []
    for language in PLURALS:
        po = LOCALE / language / "LC_MESSAGES" / "django.po"
        mo = po.with_suffix(".mo")
        catalogue = merged(found, read(po) if po.exists() else {}, language=language)
        text, compiled = po_text(catalogue, found, language=language), mo_bytes(catalogue, language=language)
        if not options.check:
            po.parent.mkdir(parents=True, exist_ok=True)
            po.write_text(text, encoding="utf-8")
            mo.write_bytes(compiled)
        wrong += [f"{language}: {problem}" for problem in problems(catalogue)]
        kept = (po.read_text(encoding="utf-8"), mo.read_bytes()) if po.exists() and mo.exists() else None
        if kept != (text, compiled):
            wrong.append(f"{language}: {po.relative_to(ROOT)} is not up to date: run scripts/messages.py")
    for problem in wrong:
        print(problem, file=sys.stderr)
    return 1 if wrong and options.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
