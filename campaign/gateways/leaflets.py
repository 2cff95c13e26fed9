"""Leaflets: an update as a letter, written once for each language and then only addressed.

Text and HTML hold the same words, for both are made of the same parsed Markdown. A link keeps its words and loses its
address, and an image is left out: the one address of the letter's body leads to the page, which names nobody. Styles
are written into the tags, as mail programs read no stylesheet; nothing is loaded and nothing is counted.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email.quoprimime import body_encode
from email.utils import formatdate
from functools import cached_property, lru_cache
from typing import Any

import css_inline
from flask import render_template
from flask_babel import force_locale, gettext
from flask_mail import sanitize_address, sanitize_subject
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from campaign.database import db
from campaign.domain.cases import translating
from campaign.domain.links import Purpose
from campaign.domain.news import filling, updating
from campaign.domain.news.mailing import Parcel
from campaign.gateways import phrasebook
from campaign.gateways.letters import Sheet, Writer
from campaign.models.account import Account
from campaign.models.letter import Letter
from campaign.models.update import Update

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False})
_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
_OWN, _STOP = "https://own.invalid/", "https://stop.invalid/"  # stand for the two links until somebody is written to
_LINKS = re.compile(f"({re.escape(_OWN)}|{re.escape(_STOP)})")
_MARKS = re.compile(rb"\0(own|stop)\0")
_PLAIN = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)
_STOPS = "Stop these letters, at once and for good:"
_DIRECTED = {"paragraph_open", "heading_open", "list_item_open", "blockquote_open"}


@dataclass(frozen=True)
class Leaflet:
    """The letter in one language; all that is missing is to whom."""

    campaign_id: int
    code: str
    subject: str
    text: str
    html: str
    posted: float
    is_automatic: bool  # nobody wrote it (domain/news/noticing.py, domain/news/heralding.py)

    @cached_property
    def body(self) -> tuple[bytes, ...]:
        """Both parts as they leave, cut where a link of the reader's belongs; every second piece says which."""
        boundary = secrets.token_hex(12)
        pieces = []
        for kind, words in (("plain", self.text), ("html", self.html)):
            head = f'--{boundary}\nContent-Type: text/{kind}; charset="utf-8"\n'
            head += "Content-Transfer-Encoding: quoted-printable\n\n"
            pieces += [head.encode(), *_cut(words), b"\n"]
        whole = b"".join([*pieces, f"--{boundary}--\n".encode()]).replace(b"\n", b"\r\n")
        top = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
        return tuple(_MARKS.split(top.encode() + whole))


class Ready(Sheet):
    """A letter whose body is encoded once for everybody; only its heads and its two links are its own.

    Written by hand in place of the library's generator, which takes most of the time that a letter costs. Flask-Mail
    still looks at every head for line breaks before it sends.
    """

    pieces: tuple[bytes, ...] = ()
    links: dict[bytes, bytes] = {}  # noqa: RUF012 - set for each letter

    def as_bytes(self) -> bytes:
        heads = {
            "Subject": sanitize_subject(self.subject),
            "From": _spelled(str(self.sender)),
            "To": ", ".join(_to(str(recipient)) for recipient in self.recipients),
            "Date": formatdate(self.date),
            "Message-ID": self.msgId,
            **(self.extra_headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in heads.items())
        body = (self.links.get(piece, piece) if n % 2 else piece for n, piece in enumerate(self.pieces))
        return head.encode("ascii", "surrogateescape") + b"".join(body)


@lru_cache(maxsize=10)
def _spelled(sender: str) -> str:
    return sanitize_address(sender)


def _to(address: str) -> str:
    """What is plain already is not taken apart and put together again."""
    return address if _PLAIN.fullmatch(address) else sanitize_address(address)


def leaflet(update: Update, lang: str, writer: Writer, *, posted: float) -> Leaflet | None:
    """In that language, or in the campaign's first. None where it has no words at all."""
    said = updating.words(update, lang)
    if said is None:
        return None
    given, locale = update.filled or filling.values(update.campaign), translating.locale_of(said.lang)
    title, tokens = filling.fill(said.title, given, said.lang), parsed(filling.fill(said.body, given, said.lang))
    about = {
        "title": title,
        "text_lang": said.lang,
        "direction": locale.text_direction,
        "page_link": f"{writer.site_url}/news/{update.code}",
        "own_link": _OWN,
        "stop_link": _STOP,
        "site_name": writer.site_name,
        "site_url": writer.site_url,
        "postal_address": writer.postal_address,
    }
    with force_locale(locale):
        about |= _frame(said.lang)
        text = render_template("letters/update/body.txt", words=Markup(as_text(tokens)), **about)  # noqa: S704
        html = render_template("letters/update/body.html", words=Markup(as_html(tokens)), **about)  # noqa: S704
        subject = render_template("letters/update/subject.txt", **about).strip()
    return Leaflet(
        campaign_id=update.campaign_id,
        code=update.code,
        subject=subject,
        text=text.strip() + "\n",
        html=_INLINER.inline(html),
        posted=posted,
        is_automatic=update.author_id is None,
    )


def _frame(lang: str) -> dict[str, Any]:
    """Our words around those of the campaign: from the catalogue or the phrasebook of its language, else in English.

    Somebody who cannot read why she gets a letter, and how to stop it, did not get it as the law wants it.
    """
    table = phrasebook.words_of(lang)

    def say(words: str) -> str:
        told = str(gettext(words))
        return table.get(words, words) if told == words else told

    spoken = lang if say(_STOPS) != _STOPS else translating.FIRST
    return {"_": say, "frame_lang": spoken, "frame_direction": translating.locale_of(spoken).text_direction}


def addressed(leaflet: Leaflet, parcel: Parcel, writer: Writer) -> Sheet:
    """To one person: her links, a return path of her own, and the click that ends it."""
    version = parcel.link_version
    stop = writer.link(Purpose.UNSUBSCRIBE, parcel.public_id, version)
    own = writer.link(Purpose.SUBSCRIPTION, parcel.public_id, version)
    domain = writer.sender.rpartition("@")[2]
    message = Ready(
        subject=leaflet.subject,
        recipients=[parcel.address],
        sender=(writer.site_name, writer.sender),
        date=leaflet.posted,
        extra_headers={
            "List-Id": f"<news-{leaflet.campaign_id}.{domain}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            **({"Auto-Submitted": "auto-generated"} if leaflet.is_automatic else {}),
        },
    )
    message.pieces, message.links = leaflet.body, {b"own": _folded(own), b"stop": _folded(stop)}
    mark = hashlib.sha256(leaflet.code.encode() + parcel.public_id).hexdigest()[:32]
    message.msgId = f"<{mark}@{domain}>"  # the same if it has to be repeated
    message.return_path = writer.return_path(parcel.public_id)
    return message


def sample(leaflet: Leaflet, writer: Writer, address: str, mark: str) -> Sheet:
    """To one of its authors, to be looked at: no list, and links that lead to the site alone."""
    home = f"{writer.site_url}/"
    message = Sheet(
        subject=leaflet.subject,
        recipients=[address],
        body=leaflet.text.replace(_OWN, home).replace(_STOP, home),
        html=leaflet.html.replace(_OWN, home).replace(_STOP, home),
        sender=(writer.site_name, writer.sender),
        date=leaflet.posted,
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    message.msgId = f"<{mark}@{writer.sender.rpartition('@')[2]}>"
    return message


def test_letter(letter: Letter, writer: Writer, *, at: datetime) -> Sheet | None:
    """An author's own test letter; None once the account or the words are gone."""
    account, update = db.session.get(Account, letter.account_id), db.session.get(Update, int(letter.params["update"]))
    if account is None or update is None or not account.active:
        return None
    made = leaflet(update, letter.params["lang"], writer, posted=at.timestamp())
    return sample(made, writer, account.email, letter.public_id.hex()) if made is not None else None


def shown(leaflet: Leaflet, writer: Writer) -> tuple[str, str]:
    """Text and HTML for a preview."""
    home = f"{writer.site_url}/"
    return tuple(part.replace(_OWN, home).replace(_STOP, home) for part in (leaflet.text, leaflet.html))  # type: ignore[return-value]


def _cut(words: str) -> list[bytes]:
    """The words as quoted-printable, with a mark for each link of the reader's."""
    found = []
    for piece in _LINKS.split(words):
        if piece in {_OWN, _STOP}:
            found.append(b"=\n\0" + (b"own" if piece == _OWN else b"stop") + b"\0=\n")
        else:
            found.append(body_encode(piece.encode().decode("latin-1")).encode("ascii"))
    return found


def _folded(link: str) -> bytes:
    """A link as quoted-printable: no sign in it has to be written otherwise, but a line may not be longer than 76."""
    return b"=\r\n".join(link[i : i + 70].encode("ascii") for i in range(0, len(link), 70))


# The same words twice


def parsed(body: str) -> list[Token]:
    """The Markdown without the addresses of its links and without its images."""
    tokens = _MARKDOWN.parse(body)
    level = 1
    for token in tokens:
        if token.type == "heading_open":
            level = max(2, min(int(token.tag[1]), level + 1, 4))
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
        if token.type in _DIRECTED:
            token.attrSet("dir", "auto")
        if token.children is not None:
            token.children = [c for c in token.children if c.type not in {"link_open", "link_close", "image"}]
    return tokens


def as_html(tokens: list[Token]) -> str:
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def as_text(tokens: list[Token]) -> str:
    """Paragraphs between empty lines, points of a list with a dash or a number, quotations with a sign before them."""
    blocks: list[str] = []
    lists: list[int | None] = []
    quoted, mark = 0, ""
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append(int(token.attrs.get("start", 1)) if token.type[0] == "o" else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            mark = "  " * (len(lists) - 1) + (f"{number}. " if number is not None else "- ")
            lists[-1] = number + 1 if number is not None else None
        elif token.type in {"blockquote_open", "blockquote_close"}:
            quoted += 1 if token.type.endswith("open") else -1
        elif token.type == "hr":
            blocks.append("* * *")
        elif token.type == "inline" or token.type in {"fence", "code_block"}:
            words = _inline(token.children) if token.type == "inline" else token.content.rstrip("\n")
            blocks.append(_set(words, mark, "  " * len(lists), "> " * quoted))
            mark = ""
    return "\n\n".join(blocks)


def _set(words: str, mark: str, indent: str, quote: str) -> str:
    first, *more = words.split("\n")
    return "\n".join([f"{quote}{mark or indent}{first}", *(f"{quote}{indent}{line}" for line in more)])


def _inline(children: list[Token] | None) -> str:
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in children or ())
