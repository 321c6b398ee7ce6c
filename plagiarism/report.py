"""Reports of a comparison: one self-contained HTML file, and two files side by side as text."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from plagiarism.compare import Pair, Report

Sources = Mapping[str, Mapping[str, bytes]]
STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ccc}
details{margin:.5rem 0}.sides{display:grid;grid-template-columns:1fr 1fr;gap:1rem}pre{overflow:auto;font-size:12px}
mark{display:block}.c1{background:#ffe2a8}.c2{background:#cfe8ff}.c3{background:#d6f5d0}.c4{background:#f7d4ea}"""
MOST_PAIRS = 100


def as_html(report: Report, sources: Sources) -> str:
    """All pairs in a table, the most similar ones with their sources side by side."""
    rows = "".join(
        f"<tr><td>{escape(p.a)}</td><td>{escape(p.b)}</td><td>{p.similarity:.3f}</td><td>{len(p.spans)}</td></tr>"
        for p in report.pairs[:MOST_PAIRS]
    )
    skipped = "".join(f"<li>{escape(s.submission)} / {escape(s.file)}: {escape(s.reason)}</li>" for s in report.skipped)
    details = "".join(_details(pair, sources) for pair in report.pairs[:MOST_PAIRS] if pair.spans)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Similar code</title><style>{STYLE}</style>'
        f"<h1>Similar code</h1><p>{len(report.pairs)} pairs with evidence. From 0.5 on, a person should look.</p>"
        f"<table><tr><th>A</th><th>B</th><th>Similarity</th><th>Shared regions</th></tr>{rows}</table>"
        f"<h2>Side by side</h2>{details}<h2>Files with problems</h2><ul>{skipped or '<li>none</li>'}</ul></html>"
    )


def _details(pair: Pair, sources: Sources) -> str:
    sides = "".join(_side(pair, sources[key], side) for key, side in ((pair.a, "a"), (pair.b, "b")))
    title = f"{escape(pair.a)} ~ {escape(pair.b)} ({pair.similarity:.3f})"
    return f'<details><summary>{title}</summary><div class="sides">{sides}</div></details>'


def _side(pair: Pair, files: Mapping[str, bytes], side: str) -> str:
    blocks = []
    for name, data in sorted(files.items()):
        colours = _colours(pair, name, side)
        lines = [
            f'<mark class="c{colours[n]}">{n:4} {escape(text)}</mark>' if n in colours else f"{n:4} {escape(text)}\n"
            for n, text in enumerate(data.decode("utf-8", "replace").splitlines(), start=1)
        ]
        blocks.append(f"<h3>{escape(name)}</h3><pre>{''.join(lines)}</pre>")
    return f"<div>{''.join(blocks)}</div>"


def _colours(pair: Pair, name: str, side: str) -> dict[int, int]:
    """Line -> colour 1..4; a region has the same colour on both sides."""
    found: dict[int, int] = {}
    for number, span in enumerate(pair.spans):
        file, start, end = (
            (span.file_a, span.start_a, span.end_a) if side == "a" else (span.file_b, span.start_b, span.end_b)
        )
        if file == name:
            for line in range(start, end + 1):
                found.setdefault(line, number % 4 + 1)
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
    text = "".join(c if c.isprintable() or c in "\n\t" else "?" for c in data.decode("utf-8", "replace"))
    return text.splitlines()[start - 1 : end]
