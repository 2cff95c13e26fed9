"""A letter is one letter: whoever reads its plain part reads what the others read, and finds the same links."""

import re
from datetime import UTC, datetime
from html import unescape
from types import SimpleNamespace

import pytest
from flask import render_template

from campaign.gateways import phrasebook
from tests.house.rooms import ROOT

KINDS = sorted(p.name for p in (ROOT / "templates" / "letters").iterdir() if p.is_dir())
URL = re.compile(r"https?://[^\s<\"]+")
LINK = re.compile(r'<a href="(http[^"]+)"[^>]*>.*?</a>', re.DOTALL)  # what it is called has no place beside an address
PRIVACY = re.compile(r"^What we keep .*$", re.MULTILINE)
SITE = "https://letters.example"
NAMES = ["confirm", "own", "stop", "page", "draft", "sign_in", "team", "reset", "release", "recipient", "asked"]
WORDS = {
    **{f"{name}_link": f"{SITE}/{name}/1" for name in NAMES},
    "own_links": [f"{SITE}/own/1", f"{SITE}/own/2"],
    "site_url": SITE,
    "site_name": "Letters & Co",
    "postal_address": "1 Road, Town",
    "organisation": "Bar <of> Lakes",
    "deadline": datetime(2026, 12, 1, tzinfo=UTC),
    "reference": "TJ-2018-001-A1",
    "handed_over": "2026-01-02",
    "counted": "1234",
    "theirs": "SG & 77",
    "seal": "ab" * 32,
    "manifest": "cd" * 32,
    "amount": "5 €",
    "year": 2026,
    "reason": "Because <of> it & more",
    "title": "A title",
    "words": "Some words",
    "text_lang": "en",
    "direction": "ltr",
}
CASES = [
    {"outcome": "accepted", "kind": "receipt"},
    {"outcome": "refused", "kind": "credit_note"},
    {"outcome": "posted", "plan": SimpleNamespace(state=SimpleNamespace(value="active"), renews_on="2026-05-05")},
]


def words_of(text):
    return re.findall(r"\w+", URL.sub(" ", text))


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_letter_says_the_same_in_text_and_in_html(app, kind):
    with app.test_request_context():
        for case in CASES:
            text, html = (render_template(f"letters/{kind}/body.{part}", **WORDS, **case) for part in ("txt", "html"))
            body = html.partition("<body")[2].partition(">")[2]
            told = unescape(re.sub(r"<[^>]+>", " ", LINK.sub(" ", body)))
            assert words_of(told) == words_of(PRIVACY.sub("", text))
            assert set(LINK.findall(body)) == set(URL.findall(text))


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", [k for k in KINDS if k.startswith(("confirm-", "cosign-", "cosponsor-", "draft-"))])
def test_whoever_is_asked_to_act_finds_one_button_and_it_is_the_first_link(app, kind):
    with app.test_request_context():
        html = render_template(f"letters/{kind}/body.html", **WORDS)
    links = re.findall(r"<a [^>]+>", html.partition("<body")[2])
    assert ["background:" in link for link in links] == [True] + [False] * (len(links) - 1)


@pytest.mark.feature(61)
@pytest.mark.parametrize("lang", ["fr", "es"])
def test_every_word_around_a_letter_of_news_has_its_french_and_its_spanish(lang):
    folder = ROOT / "templates" / "letters" / "update"
    ours = {said for path in folder.iterdir() for said in re.findall(r'_\("([^"]+)"\)', path.read_text("utf-8"))}
    assert ours - set(phrasebook.table(lang)) == set()
