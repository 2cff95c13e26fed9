"""Prose: what a campaign's authors wrote in Markdown, with nothing in it but text, lists, links and its own images.

An image is placed by its mark, `![](image-1)`, and a file linked by its own, `[the judgment](file-1)`. An image from
anywhere else is not loaded: its words stand instead, so that no reader of a case is seen by another site. Headings
begin below the page's own and leave no step out, and each paragraph takes its direction from its first letter.
"""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from campaign.web.media import Media

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "em", "strong", "a", "blockquote", "br", "hr", "code",
    "figure", "figcaption", "picture", "source", "img",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "source": {"type", "srcset"},
    "figure": {"class"},
    **{tag: {"dir"} for tag in ("p", "h2", "h3", "h4", "li", "blockquote", "figcaption")},
}
_DIRECTED = {"paragraph_open", "heading_open", "list_item_open", "blockquote_open"}


def markdown(text: str, media: Media | None = None) -> Markup:
    media = media or {}
    tokens = _MARKDOWN.parse(text)
    _step_headings(tokens)
    for token in tokens:
        if token.type in _DIRECTED:
            token.attrSet("dir", "auto")
        for child in token.children or ():
            _place(child, media)
    html = nh3.clean(
        _MARKDOWN.renderer.render(_lifted(tokens), _MARKDOWN.options, {}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        link_rel="noreferrer",
        url_schemes={"http", "https", "mailto"},
    )
    return Markup(html)  # noqa: S704 - cleaned in the lines above


def placed(text: str) -> set[str]:
    """The marks of the images that the text places by itself."""
    inline = (child for token in _MARKDOWN.parse(text) for child in token.children or ())
    return {str(child.attrs.get("src", "")) for child in inline if child.type == "image"}


def _place(token: Token, media: Media) -> None:
    if token.type == "link_open":
        medium = media.get(str(token.attrs.get("href", "")))
        if medium is not None:
            token.attrs["href"] = medium.href
    if token.type == "image":
        medium = media.get(str(token.attrs.get("src", "")))
        token.children, words = [], token.content
        if medium is not None and medium.is_image:
            token.type, token.content = "html_inline", str(medium.figure())
        else:
            token.type, token.content = "text", words


def _lifted(tokens: list[Token]) -> list[Token]:
    """Images out of their paragraphs, which cannot hold a figure: each stands between the words around it."""
    found: list[Token] = []
    for token in tokens:
        if token.type == "inline" and any(child.type == "html_inline" for child in token.children or ()):
            found += _parted(found.pop(), token)
        else:
            found.append(token)
    return found


def _parted(opening: Token, inline: Token) -> list[Token]:
    """`opening`, the words and the figures, so that the closing tag which follows closes the last of them."""
    if opening.type != "paragraph_open":  # a heading or a cell of a table shows no picture
        for child in inline.children or ():
            if child.type == "html_inline":
                child.type, child.content = "text", ""
        return [opening, inline]
    closing = Token("paragraph_close", "p", -1, block=True)
    parts, words = [], []
    for child in [*(inline.children or ())]:
        if child.type == "html_inline":
            parts += [opening, Token("inline", "", 0, children=words, block=True), closing] if words else []
            parts.append(Token("html_block", "", 0, content=child.content, block=True))
            words = []
        else:
            words.append(child)
    return [*parts, opening, Token("inline", "", 0, children=words, block=True)]


def _step_headings(tokens: list[Token]) -> None:
    level = 1
    for token in tokens:
        if token.type == "heading_open":
            level = max(2, min(int(token.tag[1]), level + 1, 4))
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
