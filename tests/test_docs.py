"""The documentation names every setting, every page and nothing that isn't there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUNNING = (ROOT / "docs" / "running.md").read_text()
READERS = re.compile(
    r'env\.(?:text|flag|number|words|database)\(\s*"(\w+)"|os\.environ(?:\.get\(|\.setdefault\(|\[)\s*"(\w+)"'
)
# set by the set-up script or the shell for others to read, and no business of whoever runs a site
FOREIGN = {"DJANGO_SETTINGS_MODULE", "DATA_DIR", "OUTPUT_DIR", "TMPDIR"}


def names_read(*folders: str) -> set[str]:
    found = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            found |= {a or b for a, b in READERS.findall(path.read_text())}
    return found - FOREIGN


def test_every_variable_that_is_read_is_explained_and_no_other():
    read = names_read("platform", "grader", "plagiarism", "reference_models", "deploy", "scripts")
    explained = set(re.findall(r"`((?:ARENA|DATABASE|REDIS|WEB|FORWARDED|PIP)_[A-Z_]+)`", RUNNING))
    assert sorted(read - explained) == []
    assert sorted(explained - read) == []


def test_every_setting_of_the_site_is_a_row_of_the_table_with_its_default():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", RUNNING, re.MULTILINE))
    assert sorted(names_read("platform/arena/settings") - set(rows)) == []
    numbers = {}
    for path in (ROOT / "platform" / "arena" / "settings").glob("*.py"):
        numbers |= dict(re.findall(r'env\.number\("(\w+)", ([\d_]+)\)', path.read_text()))
    assert {name: rows[name] for name in numbers} == {name: value.replace("_", "") for name, value in numbers.items()}
    required = re.findall(
        r'env\.(?:text|words|database)\("(\w+)"\)', (ROOT / "platform/arena/settings/production.py").read_text()
    )
    assert {name: rows[name] for name in required} == dict.fromkeys(required, "required")


def test_the_compose_file_and_the_units_set_only_what_is_explained():
    texts = [(ROOT / "docker-compose.yml").read_text(), (ROOT / "deploy" / "arena.env.example").read_text()]
    texts += [path.read_text() for path in (ROOT / "deploy" / "systemd").iterdir()]
    used = {name.removesuffix("_FILE") for text in texts for name in re.findall(r"ARENA_[A-Z_]+", text)}
    assert sorted(name for name in used if f"`{name}`" not in RUNNING) == []


def test_the_index_names_every_page():
    index = (ROOT / "docs" / "README.md").read_text()
    assert [p.name for p in (ROOT / "docs").glob("*.md") if p.name != "README.md" and f"({p.name})" not in index] == []


@pytest.mark.parametrize(
    "page", sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
)
def test_links_lead_somewhere(page):
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
    assert [t for t in targets if "://" not in t and not (path.parent / t).exists()] == []
