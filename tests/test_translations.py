"""The site speaks Romanian wherever it speaks English: every message is marked, translated and compiled."""

import gettext
import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "platform" / "arena"
PO = SITE / "locale" / "ro" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted((SITE / "templates").rglob("*.html"))
# names and units that are the same in every language
SAME = {"Arena", "EN", "English", "RO", "Română", "MB", "sha256"}


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_every_message_is_translated_and_the_compiled_file_is_the_catalogue_s(messages, capsys):
    outcome = messages.main(["--check"])
    assert capsys.readouterr().err == ""
    assert outcome == 0


def test_what_python_reads_from_the_compiled_file_is_what_the_catalogue_says(messages):
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    catalogue = messages.read(PO)
    assert len(catalogue) > 250
    for key, strings in catalogue.items():
        if key.plural:
            assert [compiled.ngettext(key.text, key.plural, n) for n in (1, 2, 20)] == list(strings)
        elif key.context:
            assert compiled.pgettext(key.context, key.text) == strings[0]
        else:
            assert compiled.gettext(key.text) == strings[0]


@pytest.mark.parametrize(
    ("n", "form"), [(0, 1), (1, 0), (2, 1), (19, 1), (20, 2), (100, 2), (101, 1), (119, 1), (120, 2), (121, 2)]
)
def test_a_number_takes_the_romanian_plural_that_it_needs(messages, n, form):
    assert gettext.c2py(messages.PLURALS["ro"].split("plural=")[1].rstrip(";"))(n) == form


def test_romanian_has_its_own_letters_and_quotes(messages):
    for strings in messages.read(PO).values():
        for text in strings:
            assert not set(text) & set("şţŞŢ"), f"cedillas instead of commas below: {text}"
            assert '"' not in re.sub(r'="[^"]*"', "", text), f"„these” are the quotes: {text}"
            assert "“" not in text, f"„these” are the quotes: {text}"


def test_a_sentence_ends_alike_in_both_languages(messages):
    for key, strings in messages.read(PO).items():
        if key.text[-1] in ".:?" and key.text not in {"%s:"} and "month" not in key.context:
            assert {text[-1] for text in strings} <= {key.text[-1], "!"}, key.text


def test_a_plural_of_twenty_or_more_has_de_before_its_noun(messages):
    """`20 de trimiteri`: whoever forgets the third form mostly forgets this."""
    for key, strings in messages.read(PO).items():
        if key.plural and re.match(r"(<b>)?%\(\w+\)[sd](</b>)?[ \xa0][a-z]", strings[1]) and "pe zi" not in strings[1]:
            assert re.search(r"%\(\w+\)[sd](</b>)?[ \xa0]de ", strings[2]), key.text


def bare_words(source):
    """Words of a template that a reader would see and that no translation reaches."""
    source = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->", " ", source, flags=re.S)
    source = re.sub(r"{% blocktrans(late)?\b.*?{% endblocktrans(late)? %}", " ", source, flags=re.S)
    source = re.sub(r"<(script|style)\b.*?</\1>", " ", source, flags=re.S)
    source = re.sub(r"{%.*?%}|{{.*?}}", " ", source, flags=re.S)
    shown = re.findall(r'\b(?:aria-label|aria-description|title|placeholder|alt)="([^"]*)"', source)
    shown.append(re.sub(r"<[^>]*>", " ", source))
    text = re.sub(r"&\w+;", " ", " ".join(shown))
    return [word for word in re.findall(r"[^\W_]{2,}", text) if word not in SAME and not word.isdigit()]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(SITE / "templates")))
def test_a_template_shows_no_word_that_is_not_marked(path):
    assert bare_words(path.read_text(encoding="utf-8")) == []


def test_bare_words_are_found_in_texts_and_in_attributes():
    assert bare_words('<p title="Hello">{% translate "Good" %} <b>day</b> {{ name }}</p>') == ["Hello", "day"]
