"""Markdown as safe HTML: no scripts, no raw HTML, no `javascript:` links."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_parser = MarkdownIt("js-default", {"html": False})


def render_markdown(text: str, *, files_at: str = "") -> str:
    """HTML of a task, a rule or an answer. `files_at`: where relative links to `files/...` lead, for other pages."""
    # a code block may be wider than a phone: the keyboard must be able to scroll it
    clean = nh3.clean(_parser.render(text)).replace("<pre>", '<pre tabindex="0">')
    return clean.replace('="files/', f'="{files_at}files/') if files_at else clean
