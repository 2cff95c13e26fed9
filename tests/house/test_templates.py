import re
from html.parser import HTMLParser

import pytest

from tests.house.rooms import TEMPLATES, name

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
CLASSES = re.compile(r"\{% block \w+_class %\}.*?\{% endblock %\}")
NO_WORDS = re.compile(r'[\w-]+="[^"]*"|/[\w-]+')  # attributes written by macros, and paths
SPOKEN = {"alt", "aria-label", "aria-description", "placeholder", "title", "label"}
MARKS = {"kbd", "code", "style", "script"}  # keys to press and marks of machines are the same in every language
PAGES = [p for p in TEMPLATES if p.suffix == ".html"]
LETTERS = [p for p in TEMPLATES if p.suffix == ".txt"]


class Words(HTMLParser):
    """The words of a page that are in no call of gettext."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        for attribute, value in attrs:
            if attribute in SPOKEN and value and _says(value):
                self.found.append(f"{attribute}={value}")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if _says(data) and not MARKS & set(self.inside):
            self.found.append(data.strip())


def _says(text):
    """Whether words stand there; a reference such as TJ-2017-001 is none."""
    return bool(re.search(r"\w*[^\W\d_A-Z]\w*", NO_WORDS.sub("", text)))


def without_jinja(path):
    return JINJA.sub(" ", CLASSES.sub(" ", path.read_text("utf-8")))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_word_of_a_page_can_be_translated(path):
    words = Words()
    words.feed(without_jinja(path))
    assert words.found == []


@pytest.mark.parametrize("path", LETTERS, ids=name)
def test_every_word_of_a_letter_can_be_translated(path):
    said = without_jinja(path)
    assert [line for line in said.splitlines() if _says(line)] == []


@pytest.mark.parametrize("path", [p for p in PAGES if "letters" not in p.parts], ids=name)
def test_no_page_holds_a_style_a_script_or_an_address_of_another_site_to_load(path):
    source = path.read_text("utf-8")
    for forbidden in (r"<style\b", r"\sstyle=", r"\son\w+=", r"<script(?![^>]*\ssrc=)", r'\ssrc="http', r"javascript:"):
        assert not re.search(forbidden, source), forbidden


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_is_put_into_a_page_unescaped(path):
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8"))


def test_data_is_never_handed_to_gettext_as_if_it_were_a_sentence_of_ours():
    """Jinja's `_()` escapes nothing and fills in per cent signs: what people typed goes through `|said`."""
    data = re.compile(r"\b_\([a-z]+(?:\.[a-z_]+)?\)")
    found = {name(path): data.findall(path.read_text("utf-8")) for path in PAGES + LETTERS}
    assert {path: calls for path, calls in found.items() if calls} == {}
