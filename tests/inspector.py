"""The page inspector: every page that any test fetches is read against the rules of the house.

No rule has to be remembered by whoever adds a page, and none can be forgotten: the client of the tests runs it.
What needs eyes or a browser (contrast, focus) is left to axe in the journeys.
"""

import contextvars
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from campaign.database import db
from campaign.web import languages

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("form", "action"), ("use", "href")}
NAMES_ONLY = {"canonical", "alternate"}  # a <link> that says where something is, and fetches nothing
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
TOKEN = re.compile(r'value="[A-Za-z0-9_.-]{32,}"')
OPEN_AUDIENCES = {"public", "mailed"}  # anyone, and the holder of a link: no session, so no cookie


class PageFault(AssertionError):
    """The page breaks rules of the house; each is named."""


@dataclass
class Tag:
    name: str
    attrs: dict[str, str]
    inside: tuple[str, ...]  # names of the tags around it, the outermost first
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.said)


@dataclass
class Page(HTMLParser):
    """What is on a page, in order."""

    tags: list[Tag] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Tag] = []
        self.adrift: list[str] = []  # words that run from right to left and that nothing sets apart

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        seen = Tag(tag, {k: v or "" for k, v in attrs}, tuple(t.name for t in self._open))
        self.tags.append(seen)
        if tag not in VOID:
            self._open.append(seen)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {k: v or "" for k, v in attrs}, tuple(t.name for t in self._open)))

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self._open) - 1, -1, -1):
            if self._open[i].name == tag:
                del self._open[i:]
                return

    def handle_data(self, data: str) -> None:
        if RIGHT_TO_LEFT.search(data) and not self._is_set_apart():
            self.adrift.append(f"<{self._open[-1].name}> {data.strip()[:60]}")
        for tag in self._open:
            tag.said.append(data)

    def _is_set_apart(self) -> bool:
        """A direction of its own, or a place that the reader's own system lays out, such as the title of a window."""
        around = [t for t in self._open if t.name not in {"html", "body"}]
        return any(t.name in {"bdi", "title"} or "dir" in t.attrs for t in around)

    def all(self, *names: str) -> list[Tag]:
        return [t for t in self.tags if t.name in names]

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks at which line a tag stands."""
        return j


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


def page_faults(html: str, *, is_open: bool = False) -> list[str]:
    """What is wrong with the page itself, one line each; with the forms of the public, if it is open to them.

    A page that differs from one already read in nothing but its tokens has the same faults.
    """
    return [*_faults_but_for_tokens(TOKEN.sub('value="token"', html), is_open)]


@lru_cache(maxsize=512)
def _faults_but_for_tokens(html: str, is_open: bool) -> tuple[str, ...]:
    page = read(html)
    faults = [fault for rule in RULES for fault in rule(page)]
    return (*faults, *(_unstamped_forms(page) if is_open else []))


def _has_language(page: Page) -> list[str]:
    html = page.all("html")
    root = html[0].attrs if html else {}
    faults = [f"<html> has no {name}" for name in ("lang", "dir") if not root.get(name)]
    if not any(t.text.strip() for t in page.all("title") if "svg" not in t.inside):
        faults.append("the page has no title")
    return faults


def _has_ordered_headings(page: Page) -> list[str]:
    levels = [int(t.name[1]) for t in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    faults = [] if levels.count(1) == 1 else [f"{levels.count(1)} <h1> instead of one"]
    for before, after in pairwise(levels):
        if after > before + 1:
            faults.append(f"<h{after}> follows <h{before}>")
    return faults


def _has_landmarks(page: Page) -> list[str]:
    mains = len(page.all("main"))
    return [] if mains == 1 else [f"{mains} <main> instead of one"]


def _has_nothing_inline(page: Page) -> list[str]:
    faults = [f"inline <{t.name}>" for t in page.all("style")]
    faults += ["inline <script>" for t in page.all("script") if not t.attrs.get("src") or t.text.strip()]
    for tag in page.tags:
        faults += [f"<{tag.name} {name}>" for name in tag.attrs if name == "style" or name.startswith("on")]
        faults += [
            f"<{tag.name}> runs a script" for value in tag.attrs.values() if value.strip().startswith("javascript:")
        ]
    return faults


def _loads_nothing_from_elsewhere(page: Page) -> list[str]:
    return [
        f"<{tag.name} {name}> leads to another site: {urlsplit(tag.attrs[name]).netloc}"
        for tag in page.tags
        for name in tag.attrs
        if tag.attrs.get("rel") not in NAMES_ONLY
        and ((tag.name, name) in LOADS or name in {"srcset", "poster", "data"})
        and urlsplit(tag.attrs[name]).netloc
    ]


def _keeps_quiet_where_links_lead(page: Page) -> list[str]:
    return [
        f"the link to {urlsplit(tag.attrs['href']).netloc} tells where the reader comes from"
        for tag in page.all("a")
        if urlsplit(tag.attrs.get("href", "")).netloc and "noreferrer" not in tag.attrs.get("rel", "")
    ]


def _labels_every_field(page: Page) -> list[str]:
    labelled = {t.attrs["for"] for t in page.all("label") if t.attrs.get("for") and t.text.strip()}
    faults = []
    for tag in page.all("input", "select", "textarea"):
        if tag.attrs.get("type") in UNLABELLED:
            continue
        named = tag.attrs.get("id") in labelled or "label" in tag.inside
        if not named and not tag.attrs.get("aria-label") and not tag.attrs.get("aria-labelledby"):
            faults.append(f"the field {tag.attrs.get('name', '?')} has no label")
    faults += ["a button says nothing" for t in page.all("button") if not (t.text.strip() or t.attrs.get("aria-label"))]
    return faults


def _has_unique_ids(page: Page) -> list[str]:
    ids = Counter(t.attrs["id"] for t in page.tags if "id" in t.attrs)
    faults = [f"the id {id} stands {times} times" for id, times in sorted(ids.items()) if times > 1]
    for tag in page.tags:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for id in tag.attrs.get(name, "").split():
                if id not in ids:
                    faults.append(f"<{tag.name} {name}> points at {id}, which is not there")
        href = tag.attrs.get("href", "")
        if tag.name == "a" and len(href) > 1 and href.startswith("#") and href[1:] not in ids:
            faults.append(f"a link leads to {href}, which is not there")
    return faults


def _describes_images(page: Page) -> list[str]:
    faults = [f"the image {t.attrs.get('src', '?')} has no alt" for t in page.all("img") if "alt" not in t.attrs]
    for tag in page.all("svg"):
        if tag.attrs.get("aria-hidden") != "true" and not tag.attrs.get("aria-label"):
            faults.append("a drawing is neither described nor hidden")
    faults += ["a link says nothing" for t in page.all("a") if not (t.text.strip() or t.attrs.get("aria-label"))]
    return faults


def _lets_no_words_run_into_others(page: Page) -> list[str]:
    """A name in Arabic or Hebrew letters turns what stands beside it, unless it has a direction of its own."""
    if any(t.attrs.get("dir") == "rtl" for t in page.all("html")):
        return []
    faults = [f"words from right to left without a direction: {words}" for words in page.adrift]
    return faults + [
        f"the field {t.attrs.get('name', '?')} has words from right to left and no direction"
        for t in page.all("input")
        if t.attrs.get("type") != "hidden" and RIGHT_TO_LEFT.search(t.attrs.get("value", "")) and "dir" not in t.attrs
    ]


RULES = (
    _has_language,
    _has_ordered_headings,
    _has_landmarks,
    _has_nothing_inline,
    _loads_nothing_from_elsewhere,
    _keeps_quiet_where_links_lead,
    _labels_every_field,
    _has_unique_ids,
    _describes_images,
    _lets_no_words_run_into_others,
)


def answer_faults(response: TestResponse, audience: str | None) -> list[str]:
    """What is wrong with an answer's headers, for the audience that it goes to; of pages, the page too."""
    headers, faults = response.headers, []
    if "Content-Security-Policy" not in headers:
        faults.append("no Content-Security-Policy")
    if audience in OPEN_AUDIENCES and "Set-Cookie" in headers:
        faults.append("sets a cookie")
    cache = headers.get("Cache-Control", "")
    if audience not in {"public", "static"} and "no-store" not in cache:
        faults.append(f"may be kept: Cache-Control is “{cache}”")
    if audience == "mailed" and "noindex" not in headers.get("X-Robots-Tag", ""):
        faults.append("may be indexed")
    has_body = response.request.method not in {"HEAD", "OPTIONS"}
    is_letter = response.headers.get("Content-Security-Policy", "").endswith("; sandbox")  # shown in a frame, no page
    is_page = response.mimetype == "text/html" and not is_letter
    if has_body and is_page and response.status_code not in {301, 302, 303, 304, 307, 308}:
        faults += page_faults(response.text, is_open=audience in OPEN_AUDIENCES)
    return faults


def _unstamped_forms(page: Page) -> list[str]:
    """A form of the public that posts carries the stamp: that this site served it, and when."""
    posts = [t for t in page.all("form") if t.attrs.get("method", "").lower() == "post"]
    stamps = [t for t in page.all("input") if t.attrs.get("name") == "stamp" and t.attrs.get("value")]
    return [] if len(stamps) >= len(posts) else [f"{len(posts)} forms that post, and {len(stamps)} stamps"]


class InspectedClient(FlaskClient):
    """The client of every test. Each request runs as a stranger's would: in a context of its own.

    What the test has arranged is committed before the request, and what the request did is seen afterwards.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        _see_each_other()
        response: TestResponse = contextvars.Context().run(self._open, *args, **kwargs)
        _see_each_other()
        faults = answer_faults(response, self._audience(response))
        if faults:
            raise PageFault("\n".join([f"{response.request.method} {response.request.path}:", *faults]))
        return response

    def _open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **kwargs | {"buffered": True})

    def _audience(self, response: TestResponse) -> str | None:
        request = response.request
        head, _, rest = request.path.lstrip("/").partition("/")
        path = f"/{rest}" if head in languages.LANGUAGES[1:] else request.path
        try:
            endpoint, _ = self.application.url_map.bind("localhost").match(path, method=request.method)
        except (RequestRedirect, HTTPException):
            return None
        head, dot, _ = endpoint.partition(".")
        return head if dot or head == "static" else None


def _see_each_other() -> None:
    db.session.commit()
