"""Enclosing: images and files of a campaign, kept as what they show and nothing else.

A photograph says where it was taken, a document who wrote it, and either can be a program in disguise. So nothing is
kept as it came: an image's pixels are written anew, a PDF is rebuilt without what acts or hides, a text is only its
letters. Word processors' own files are not taken: they carry their authors' names, what was deleted, and macros.

What is public is asked of the tables each time it is fetched, so that a take-down reaches the bytes too. While anybody
of a campaign is paused none of its images and files are handed out, for each may show that person.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Select, String, cast, exists, select

from campaign.database import db
from campaign.domain.cases import picturing
from campaign.domain.cases.picturing import Darkroom
from campaign.domain.cases.proposal import FileProposed
from campaign.domain.errors import Refused
from campaign.domain.printing import Store
from campaign.models.attachment import Attachment, AttachmentKind, PublicAttachment
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.draft import Draft, DraftState
from campaign.models.joint_letter import Invitation
from campaign.models.prisoner import Prisoner

MOST_BYTES = picturing.MOST_BYTES
BATCH = 50
IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
_SIGNS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PDF, TEXT = "application/pdf", "text/plain; charset=utf-8"
DOCUMENTS = {PDF: "file.pdf", TEXT: "file.txt"}


class FileRefused(Refused):
    """This file cannot be taken."""


class FileUnknown(FileRefused):
    """Images are taken as JPEG, PNG or WebP, documents as PDF or plain text (.txt). Save it as one of these and try
    again."""


class FileTooHeavy(FileRefused):
    """This file is larger than 15 megabytes. Save it smaller and try again."""


class FileEmpty(FileRefused):
    """There is nothing in this file."""


class PdfBroken(FileRefused):
    """This PDF is damaged, or too large once it is unpacked. Print it to a new PDF and try again."""


class PdfLocked(FileRefused):
    """This PDF is locked with a password. Save it without one and try again."""


class PdfActs(FileRefused):
    """This PDF runs scripts, starts programs or holds other files. Print it to a new PDF and try again."""


@dataclass(frozen=True)
class Upload:
    """What somebody sent; the name says only what kind of text it is, and is kept nowhere else."""

    content: bytes
    filename: str


class Sieve(Protocol):
    def pdf(self, upload: bytes) -> bytes:
        """The pages alone, rebuilt. Raises FileRefused."""


@dataclass(frozen=True)
class Desk:
    """With what files are looked at and kept."""

    darkroom: Darkroom
    sieve: Sieve
    store: Store


@dataclass(frozen=True)
class FileTold:
    """What a page says of one image or file."""

    name: str
    mark: str
    kind: AttachmentKind
    media_type: str
    size: int
    sha256: str
    width: int
    height: int
    title: str
    alt: str
    caption: str
    credit: str
    rights: str


def keep(upload: Upload, *, account_id: int | None, at: datetime, desk: Desk) -> Attachment:
    """Look at what was sent, write it anew, and keep it under a name nobody can guess. Raises FileRefused,
    PictureRefused, StoreFull."""
    if len(upload.content) > MOST_BYTES:
        raise FileTooHeavy
    if not upload.content.strip():
        raise FileEmpty
    row = Attachment(name=secrets.token_hex(16), added_at=at, added_by_id=account_id)
    if upload.content.startswith(IMAGES):
        made = desk.darkroom.develop(upload.content)
        row.kind, row.media_type = AttachmentKind.IMAGE, "image/jpeg"
        row.width, row.height = made.width, made.height
        files, shown = made.files, made.files["large.jpg"]
    else:
        row.kind, (row.media_type, shown) = AttachmentKind.FILE, _document(upload, desk.sieve)
        files = {DOCUMENTS[row.media_type]: shown}
    row.size, row.sha256 = len(shown), hashlib.sha256(shown).hexdigest()
    for end, content in files.items():
        desk.store.write(path(row.name, end), content)
    db.session.add(row)
    db.session.flush()
    return row


def _document(upload: Upload, sieve: Sieve) -> tuple[str, bytes]:
    if upload.content.startswith(b"%PDF-"):
        return PDF, sieve.pdf(upload.content)
    if not upload.filename.lower().endswith(".txt"):
        raise FileUnknown
    try:
        text = upload.content.decode("utf-16" if upload.content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnknown from None
    if _SIGNS.search(text) or re.match(r"\s*<[!?a-zA-Z]", text):  # no text, or a page or drawing that calls itself one
        raise FileUnknown
    return TEXT, text.encode()


def ends(row: Attachment) -> tuple[str, ...]:
    """The files kept of it."""
    return picturing.ENDS if row.kind is AttachmentKind.IMAGE else (DOCUMENTS[row.media_type],)


def path(name: str, end: str) -> str:
    return f"attachments/{name}/{end}"


def drop_unused(names: set[str], *, store: Store) -> None:
    """Delete those of these that no other draft, no campaign and no joint letter holds, bytes first. The caller has
    saved its draft."""
    for row in db.session.scalars(_unused().where(Attachment.name.in_(names))).all():
        for end in ends(row):
            store.remove(path(row.name, end))
        db.session.delete(row)
    db.session.flush()


def sweep_unused(*, store: Store) -> int:
    """Delete what no draft and no campaign holds any more, as when the words of old drafts were emptied; how many.

    Bytes go first: had we to stop in between, the row is still there to find them by. In batches: call until it is 0.
    """
    names = {row.name for row in db.session.scalars(_unused().limit(BATCH))}
    drop_unused(names, store=store)
    return len(names)


def count_unused() -> int:
    """How many the next sweep deletes."""
    return len(db.session.scalars(_unused()).all())


def _unused() -> Select[Attachment]:
    in_draft = exists().where(
        Draft.state != DraftState.WITHDRAWN, cast(Draft.content, String).contains(Attachment.name)
    )
    in_public = exists().where(PublicAttachment.attachment_id == Attachment.id)
    is_logo = exists().where(Invitation.logo_id == Attachment.id)
    return select(Attachment).where(~in_draft, ~in_public, ~is_logo).order_by(Attachment.id)


def of(name: str) -> Attachment | None:
    if not re.fullmatch("[0-9a-f]{32}", name):
        return None
    return db.session.scalar(select(Attachment).where(Attachment.name == name))


def in_public(name: str) -> Attachment | None:
    """That of this name while everybody may have it: its campaign is public, and nobody of it is paused."""
    row = of(name)
    if row is None:
        return None
    stands = (
        select(PublicAttachment.id)
        .join(Campaign)
        .where(
            PublicAttachment.attachment_id == row.id,
            Campaign.state.in_(PUBLIC_STATES),
            ~Campaign.prisoners.any(Prisoner.paused_at.is_not(None)),
        )
    )
    return row if db.session.scalar(stands.limit(1)) is not None else None


def shown(campaign: Campaign) -> tuple[FileTold, ...]:
    """What the campaign's page shows, in its order; nothing while anybody of it is paused."""
    if any(prisoner.is_paused for prisoner in campaign.prisoners):
        return ()
    return tuple(_told(row.attachment, row) for row in _standing(campaign))


def told(files: tuple[FileProposed, ...]) -> tuple[FileTold, ...]:
    """The same of what a draft proposes. For whoever may see the draft."""
    rows = {row.name: row for row in db.session.scalars(_named(files))}
    return tuple(_told(rows[file.name], file) for file in files if file.name in rows)


def proposed(campaign: Campaign) -> tuple[FileProposed, ...]:
    """What stands on the campaign's page, as a draft that changes it holds it."""
    return tuple(
        FileProposed(
            name=row.attachment.name,
            mark=row.mark,
            kind=row.attachment.kind.value,
            title=row.title,
            alt=row.alt,
            caption=row.caption,
            credit=row.credit,
            rights=row.rights,
        )
        for row in _standing(campaign)
    )


def publish(campaign: Campaign, files: tuple[FileProposed, ...]) -> None:
    """Have exactly these stand on the campaign's page. Only an approval calls this."""
    known = {row.attachment.name: row for row in _standing(campaign)}
    for name, row in known.items():
        if name not in {file.name for file in files}:
            db.session.delete(row)
    for row in known.values():  # a mark may pass from one to another, and is unique
        row.mark = f"-{row.id}"
    db.session.flush()
    kept = {row.name: row for row in db.session.scalars(_named(files))}
    for position, file in enumerate(file for file in files if file.name in kept):
        row = known.get(file.name) or PublicAttachment(campaign_id=campaign.id, attachment_id=kept[file.name].id)
        row.position, row.mark, row.title = position, file.mark, file.title
        row.alt, row.caption, row.credit, row.rights = file.alt, file.caption, file.credit, file.rights
        db.session.add(row)
    db.session.flush()


def _standing(campaign: Campaign) -> list[PublicAttachment]:
    query = select(PublicAttachment).where(PublicAttachment.campaign_id == campaign.id)
    return list(db.session.scalars(query.order_by(PublicAttachment.position, PublicAttachment.id)))


def _named(files: tuple[FileProposed, ...]) -> Select[Attachment]:
    return select(Attachment).where(Attachment.name.in_([file.name for file in files]))


def _told(row: Attachment, words: PublicAttachment | FileProposed) -> FileTold:
    return FileTold(
        name=row.name,
        mark=words.mark,
        kind=row.kind,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        title=words.title,
        alt=words.alt,
        caption=words.caption,
        credit=words.credit,
        rights=words.rights,
    )
