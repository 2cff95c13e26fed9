"""Picturing: a photograph is shown only while somebody who may say so has said yes to it, and carries nothing else.

A file from a telephone holds where and when it was taken and with which device: enough to find who took it. What is
kept is therefore never the file that came, but its pixels written anew. Public only while the consent to it runs,
the person may be named and nothing is paused.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select

from campaign.database import db
from campaign.domain import journalling, pausing
from campaign.domain.cases import showing
from campaign.domain.errors import Refused
from campaign.domain.printing import Store
from campaign.models.campaign import PUBLIC_STATES, Campaign
from campaign.models.picture import Picture
from campaign.models.prisoner import Answer, Prisoner, Question

MOST_BYTES, MOST_PIXELS = 15 * 1024 * 1024, 40_000_000


class PictureRefused(Refused):
    """This file cannot be taken as a photograph."""


class NoPicture(PictureRefused):
    """This is no JPEG, PNG or WebP photograph, or it is broken. Save it anew as JPEG and try again."""


class PictureTooHeavy(PictureRefused):
    """This file is larger than 15 megabytes. Save it smaller and try again."""


class PictureTooLarge(PictureRefused):
    """This photograph has more than 40 megapixels. Save it smaller and try again."""


class PictureHidesMore(PictureRefused):
    """This file holds something else behind the photograph. Save the photograph anew and try again."""


class PictureMoves(PictureRefused):
    """This picture moves. Save one still picture of it and try again."""


class WordsMissing(PictureRefused):
    """Say in words what the photograph shows, for those who cannot see it."""


@dataclass(frozen=True)
class Developed:
    """Finished files by their end, such as `large.webp`, and the size of the large one in pixels."""

    files: dict[str, bytes]
    width: int
    height: int


class Darkroom(Protocol):
    def develop(self, upload: bytes) -> Developed:
        """The pixels written anew in two sizes and two formats. Raises PictureRefused."""


@dataclass(frozen=True)
class Photo:
    name: str
    alt: str
    credit: str
    width: int
    height: int


ENDS = ("large.webp", "large.jpg", "small.webp", "small.jpg")


def put(
    prisoner: Prisoner,
    upload: bytes,
    *,
    alt: str,
    credit: str,
    by: str,
    account_id: int | None,
    at: datetime,
    darkroom: Darkroom,
    store: Store,
) -> Picture:
    """Keep this photograph in place of the one before. Raises PictureRefused and StoreFull."""
    if not alt.strip():
        raise WordsMissing
    if len(upload) > MOST_BYTES:
        raise PictureTooHeavy
    made = darkroom.develop(upload)
    remove(prisoner, account_id=account_id, at=at, store=store)
    name = secrets.token_hex(16)
    for end, content in made.files.items():
        store.write(path(name, end), content)
    row = Picture(
        prisoner_id=prisoner.id,
        name=name,
        alt=alt.strip(),
        credit=credit.strip(),
        width=made.width,
        height=made.height,
        added_at=at,
        added_by=by,
    )
    db.session.add(row)
    db.session.flush()
    journalling.note("photograph put", "prisoner", prisoner.slug, account_id=account_id, at=at, picture=row.id)
    return row


def remove(prisoner: Prisoner, *, account_id: int | None, at: datetime, store: Store) -> None:
    """Delete the photograph and its files; nothing happens if there is none."""
    row = of(prisoner)
    if row is None:
        return
    for end in ENDS:
        store.remove(path(row.name, end))
    journalling.note("photograph taken away", "prisoner", prisoner.slug, account_id=account_id, at=at, picture=row.id)
    db.session.delete(row)
    db.session.flush()


def of(prisoner: Prisoner) -> Picture | None:
    return db.session.scalar(select(Picture).where(Picture.prisoner_id == prisoner.id))


def may_be_shown(prisoner: Prisoner, today: date) -> bool:
    """Whether the public may see it: a recorded yes that has not run out, for somebody who may be named."""
    consent = next((c for c in prisoner.consents if c.question is Question.PHOTO), None)
    if consent is None or consent.answer is not Answer.YES or not showing.may_be_named(prisoner):
        return False
    return consent.expires_on is None or today <= consent.expires_on


def shown(slugs: Iterable[str], today: date) -> dict[str, Photo]:
    """The photographs that a page for these people shows, by the person's slug."""
    rows = db.session.scalars(select(Picture).join(Prisoner).where(Prisoner.slug.in_(list(slugs))))
    return {
        row.prisoner.slug: Photo(row.name, row.alt, row.credit, row.width, row.height)
        for row in rows
        if may_be_shown(row.prisoner, today)
    }


def is_public(name: str, today: date) -> bool:
    """Whether the files under that name may be handed to anybody now."""
    if not re.fullmatch("[0-9a-f]{32}", name):
        return False
    row = db.session.scalar(select(Picture).where(Picture.name == name))
    if row is None or not may_be_shown(row.prisoner, today):
        return False
    published = select(Campaign.id).where(
        Campaign.state.in_(PUBLIC_STATES), pausing.running(), Campaign.prisoners.any(Prisoner.id == row.prisoner_id)
    )
    return db.session.scalar(published.limit(1)) is not None


def path(name: str, end: str) -> str:
    return f"pictures/{name}/{end}"
