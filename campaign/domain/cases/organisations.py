"""Organisations: those that are known here, by their names."""

import re
import unicodedata

from sqlalchemy import func, select

from campaign.database import db
from campaign.models.organisation import Organisation


def offered() -> list[tuple[str, str]]:
    """Slug and name of each, by name."""
    rows = db.session.scalars(select(Organisation).order_by(Organisation.name, Organisation.id))
    return [(row.slug, row.name) for row in rows]


def found_or_new(slug: str | None, name: str, website: str) -> Organisation:
    """The one of that slug or that name, else a new one. A website fills an empty one and replaces none."""
    name = " ".join(name.split())
    row = db.session.scalar(select(Organisation).where(Organisation.slug == slug)) if slug else None
    if row is None:
        by_name = select(Organisation).where(func.lower(Organisation.name) == name.lower()).order_by(Organisation.id)
        row = db.session.scalar(by_name.limit(1))
    if row is None:
        row = Organisation(slug=_free_slug(name), name=name)
        db.session.add(row)
    row.website = row.website or website.strip()
    db.session.flush()
    return row


def _free_slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "organisation"
    taken = set(db.session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(stem))))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, 10_000))) if slug not in taken)
