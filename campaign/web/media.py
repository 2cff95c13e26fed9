"""Images and files of a campaign on a page, and how their bytes are handed out.

The same page shows them to the public from public addresses and to an author from those of the draft: whoever makes
the page says which. Bytes go out as what they are and never as a page of ours: no sniffing, nothing they could load,
and a document only to be saved. They may be kept for thirty seconds and then have to be asked for again, which costs
no second sending: a take-down reaches them as fast as it reaches pages.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Response, abort, request
from markupsafe import Markup, escape

from campaign.collaborators import collaborators
from campaign.domain.cases import enclosing
from campaign.domain.cases.enclosing import FileTold
from campaign.models.attachment import Attachment, AttachmentKind

KEPT = "public, max-age=30, no-transform"  # as short as it takes to pause somebody
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
IMAGES = {"webp": "image/webp", "jpg": "image/jpeg"}
Address = Callable[[str, str], str]


@dataclass(frozen=True)
class Medium:
    """One of them, with the addresses at which whoever reads the page gets it."""

    told: FileTold
    address: Address

    @property
    def is_image(self) -> bool:
        return self.told.kind is AttachmentKind.IMAGE

    @property
    def href(self) -> str:
        return self.address(self.told.name, "large.jpg" if self.is_image else enclosing.DOCUMENTS[self.told.media_type])

    @property
    def said(self) -> str:
        """What stands below an image."""
        return " · ".join(filter(None, (self.told.caption, self.told.credit, self.told.rights)))

    def figure(self) -> Markup:
        told, name = self.told, self.told.name
        caption = Markup('<figcaption dir="auto">{}</figcaption>').format(self.said) if self.said else ""
        return Markup(
            '<figure class="placed"><picture><source type="image/webp" srcset="{}"><img src="{}" alt="{}" width="{}"'
            ' height="{}" loading="lazy"></picture>{}</figure>'
        ).format(self.address(name, "large.webp"), self.href, escape(told.alt), told.width, told.height, caption)


Media = dict[str, Medium]


def media(files: Iterable[FileTold], address: Address) -> Media:
    """By the mark under which the text may place them."""
    return {told.mark: Medium(told, address) for told in files}


def answer(row: Attachment | None, end: str) -> Response:
    """The bytes of one, or 404. The caller has asked whether this reader may have them."""
    if row is None or end not in enclosing.ends(row):
        abort(404)
    path, store = enclosing.path(row.name, end), collaborators().store
    if not store.holds(path):
        abort(404)
    content = store.read(path)
    is_image = row.kind is AttachmentKind.IMAGE
    response = Response(content, content_type=IMAGES[end.rpartition(".")[2]] if is_image else row.media_type)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if not is_image:
        response.headers.set(
            "Content-Disposition", "attachment", filename=f"{row.sha256[:12]}.{end.rpartition('.')[2]}"
        )
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response.make_conditional(request)
