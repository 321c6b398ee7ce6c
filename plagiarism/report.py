"""Reports of a comparison as self-contained HTML, and two files side by side as text.

The pages load nothing, run no script and print well: regions are linked with anchors, coloured alike on both sides and
numbered, so that they can be told apart without colour; starter code and what much of the class wrote is grey.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from plagiarism.compare import Pair, Report
from plagiarism.reading import display_text
from plagiarism.renames import renames
from plagiarism.wording import Wording

Sources = Mapping[str, Mapping[str, bytes]]
ENGLISH = Wording()
STYLE = """:root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:100rem;padding:0 1rem;
color:#1b1d22;background:#fff}table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .8rem;text-align:left;
border-bottom:1px solid #d5d8de}td.n{text-align:right;font-variant-numeric:tabular-nums}details{margin:.5rem 0}
summary{cursor:pointer}.sides{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:1rem}
.sides>div{max-height:85vh;overflow:auto;border:1px solid #d5d8de;border-radius:6px;padding:0 .5rem}
h1,h2,h3,td,li{overflow-wrap:anywhere}pre{font:12px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
pre>span{display:block;padding-left:6px;border-left:4px solid transparent}pre>.rare{border-left-color:#a32020}
.c1{background:#ffe2a8}.c2{background:#cfe8ff}.c3{background:#d6f5d0}.c4{background:#f7d4ea}.c5{background:#e2dcff}
.common{color:#757b85}.flag{font-weight:600}a{color:inherit}:target{outline:2px solid #1b1d22}.soft{color:#5c616b}
.bars{display:flex;align-items:flex-end;gap:2px;height:90px;border-bottom:1px solid #d5d8de}
.bars i{flex:1;background:#9fb4d0}.bars i.flag{background:#c0392b}
@media print{details{break-before:page}body{margin:0;max-width:none;font-size:11px}.sides>div{max-height:none;overflow:visible;border:0;padding:0}
pre{font-size:8.5px}h2,h3,tr{break-after:avoid}tr{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"""
N_COLOURS = 5
MOST_PAIRS = 100
N_BARS = 50
RARE = 2  # held by nobody but the two


def as_html(report: Report, sources: Sources, *, words: Wording = ENGLISH, counts: Sequence[int] = ()) -> str:
    """All pairs in a table, the most similar ones with their sources side by side, groups, problems and settings.

    `counts` are those of all pairs in equal steps from 0 to 1, where the report holds the first pairs only.
    """
    shown = report.pairs[:MOST_PAIRS]
    counts = counts or _counted(report.pairs)
    heads = (words.similarity, words.pair, words.containment, words.expected, words.longest)
    rows = "".join(
        f'<tr{_flag(p)}><td class="n">{words.number(p.similarity, ".3f")}</td><td><a href="#p{n}">{escape(p.a)} ~ {escape(p.b)}</a></td>'
        f'<td class="n">{words.number(p.containment, ".2f")}</td><td class="n">{words.number(p.expected, ".2g")}</td>'
        f'<td class="n">{_longest(p)}</td></tr>'
        for n, p in enumerate(shown)
    )
    skipped = "".join(f"<li>{escape(s.submission)} / {escape(s.file)}: {escape(s.reason)}</li>" for s in report.skipped)
    details = "".join(
        f'<details id="p{n}" open><summary>{escape(p.a)} ~ {escape(p.b)} ({words.number(p.similarity, ".3f")})</summary>'
        f"{_pair(p, sources, f'p{n}', words)}</details>"
        for n, p in enumerate(shown)
        if p.spans
    )
    settings = "".join(f"<li>{escape(str(k))}: {escape(_told(v))}</li>" for k, v in report.settings.items())
    n_flagged = sum(counts[len(counts) // 2 :])
    return _page(
        words.similar_code,
        f"<p>{escape(words.found % {'n': sum(counts), 'flagged': n_flagged})}</p>{_histogram(counts, words)}"
        f"<table><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>{rows}</table>"
        f"{_groups(report.pairs, words)}<h2>{escape(words.side_by_side)}</h2>{details}"
        f"<h2>{escape(words.problems)}</h2><ul>{skipped or f'<li>{escape(words.none)}</li>'}</ul>"
        f"<h2>{escape(words.settings)}</h2><ul>{settings}</ul>",
        words,
    )


def pair_as_html(pair: Pair, sources: Sources, *, words: Wording = ENGLISH) -> str:
    """One pair as a page of its own, for a file."""
    return _page(f"{pair.a} ~ {pair.b}", _pair(pair, sources, "p", words), words)


def groups(pairs: Sequence[Pair], *, flag: float = 0.5) -> list[tuple[str, ...]]:
    """Submissions joined by flagged pairs, three and more together, the largest group first."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for pair in pairs:
        if pair.similarity >= flag:
            parent[root(pair.a)] = root(pair.b)
    found: dict[str, list[str]] = {}
    for key in parent:
        found.setdefault(root(key), []).append(key)
    return sorted((tuple(sorted(g)) for g in found.values() if len(g) > 2), key=lambda g: (-len(g), g))


def _page(title: str, body: str, words: Wording) -> str:
    return (
        f'<!doctype html><html lang="{escape(words.language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><main><h1>{escape(title)}</h1>{body}</main></html>"
    )


def _told(value: object) -> str:
    """A setting as text: lists of what was compared as names with their hashes."""
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return "; ".join(", ".join(f"{name} {row[name]}" for name in row) for row in value)
    return str(value)


def _flag(pair: Pair) -> str:
    return ' class="flag"' if pair.similarity >= 0.5 else ""


def _longest(pair: Pair) -> int:
    return max((span.end_a - span.start_a + 1 for span in pair.spans), default=0)


def _counted(pairs: Sequence[Pair]) -> list[int]:
    counts = [0] * N_BARS
    for pair in pairs:
        counts[min(int(pair.similarity * N_BARS), N_BARS - 1)] += 1
    return counts


def _histogram(counts: Sequence[int], words: Wording) -> str:
    most = math.log1p(max(counts, default=0)) or 1.0
    bars = "".join(
        f'<i{" class=flag" if 2 * n >= len(counts) else ""} title="{words.number(n / len(counts), ".2f")}: {count}" '
        f'style="height:{100 * math.log1p(count) / most:.0f}%"></i>'
        for n, count in enumerate(counts)
    )
    return f'<div class="bars" role="img" aria-label="{escape(words.histogram)}">{bars}</div>'


def _groups(pairs: Sequence[Pair], words: Wording) -> str:
    found = groups(pairs)
    items = "".join(f"<li>{escape(', '.join(group))}</li>" for group in found)
    return f"<h2>{escape(words.groups)}</h2><ul>{items}</ul>" if found else ""


def _pair(pair: Pair, sources: Sources, anchor: str, words: Wording) -> str:
    texts = [{name: display_text(data) for name, data in sorted(sources[key].items())} for key in (pair.a, pair.b)]
    signals = ", ".join(
        f"{getattr(words, name, name)} {words.number(value, '.2f')}" for name, value in pair.signals.items()
    )
    regions = "".join(
        f'<tr><td class="n c{n % N_COLOURS + 1}">{n + 1}</td><td><a href="#{anchor}a{n}">{escape(s.file_a)} {s.start_a}–{s.end_a}</a>'
        f'</td><td><a href="#{anchor}b{n}">{escape(s.file_b)} {s.start_b}–{s.end_b}</a></td>'
        f'<td class="n">{s.holders}{f" ({escape(words.rare)})" if s.holders == RARE else ""}</td></tr>'
        for n, s in enumerate(pair.spans)
    )
    heads = (words.region, pair.a, pair.b, words.holders)
    table = f"<table><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>{regions}</table>"
    changed = [
        f"<code>{escape(a)}</code> → <code>{escape(b)}</code> ({n})"
        for a, b, n in renames(texts[0], texts[1], pair.spans)
    ]
    sides = "".join(
        _side(pair, key, files, side, anchor) for key, files, side in ((pair.a, texts[0], "a"), (pair.b, texts[1], "b"))
    )
    summary = words.summary % {
        "similarity": words.number(pair.similarity, ".3f"),
        "expected": words.number(pair.expected, ".2g"),
    }
    return (
        f'<p>{escape(summary)} <span class="soft">{escape(words.shares)}: {escape(signals)}.</span></p>'
        f"{table if pair.spans else f'<p>{escape(words.nothing_whole)}</p>'}"
        f"<p>{escape(words.renamed)}: {', '.join(changed) or escape(words.none)}.</p>"
        f'<p class="soft">{escape(words.legend)}</p><div class="sides">{sides}</div>'
    )


def _side(pair: Pair, key: str, files: Mapping[str, str], side: str, anchor: str) -> str:
    other = "b" if side == "a" else "a"
    common = pair.common_a if side == "a" else pair.common_b
    blocks = []
    for name, text in files.items():
        regions = _regions(pair, name, side)
        grey = frozenset(common.get(name, ()))
        seen: set[int] = set()
        lines = []
        for n, line in enumerate(text.split("\n"), start=1):
            region = regions.get(n)
            shown = f"{n:4} {escape(line)}"
            if region is None:
                lines.append(f"<span{' class=common' if n in grey else ''}>{shown}</span>")
                continue
            mark = ""
            if region not in seen:
                seen.add(region)
                mark = f' id="{anchor}{side}{region}"'
                shown = f'<a href="#{anchor}{other}{region}">[{region + 1}]</a>{shown}'
            rare = " rare" if pair.spans[region].holders == RARE else ""
            lines.append(f'<span class="c{region % N_COLOURS + 1}{rare}"{mark}>{shown}</span>')
        blocks.append(f"<h3>{escape(name)}</h3><pre>{''.join(lines)}</pre>")
    return f"<div><h2>{escape(key)}</h2>{''.join(blocks)}</div>"


def _regions(pair: Pair, name: str, side: str) -> dict[int, int]:
    """Line -> number of the region from 0; a line of two belongs to the longer one."""
    found: dict[int, int] = {}
    for number, span in enumerate(pair.spans):
        file, start, end = (
            (span.file_a, span.start_a, span.end_a) if side == "a" else (span.file_b, span.start_b, span.end_b)
        )
        if file == name:
            for line in range(start, end + 1):
                found.setdefault(line, number)
    return found


def as_text(pair: Pair, sources: Sources, *, width: int = 70) -> str:
    """Each shared region of two submissions, side by side."""
    parts = [f"similarity {pair.similarity:.3f}, {len(pair.spans)} shared regions"]
    for span in pair.spans:
        left = _lines(sources[pair.a][span.file_a], span.start_a, span.end_a)
        right = _lines(sources[pair.b][span.file_b], span.start_b, span.end_b)
        parts.append(f"\n{span.file_a}:{span.start_a}-{span.end_a}  ~  {span.file_b}:{span.start_b}-{span.end_b}")
        for i in range(max(len(left), len(right))):
            a = left[i] if i < len(left) else ""
            b = right[i] if i < len(right) else ""
            parts.append(f"{a[:width]:{width}} | {b[:width]}".rstrip())
    return "\n".join(parts)


def _lines(data: bytes, start: int, end: int) -> list[str]:
    text = "".join(c if c.isprintable() or c in "\n\t" else "?" for c in display_text(data))
    return text.split("\n")[start - 1 : end]
