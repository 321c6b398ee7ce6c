"""Markdown as safe HTML: no scripts, no raw HTML, no `javascript:` links."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_parser = MarkdownIt("js-default", {"html": False})


def render_markdown(text: str) -> str:
    return nh3.clean(_parser.render(text))
