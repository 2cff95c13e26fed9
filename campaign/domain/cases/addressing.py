"""Addressing: the directory of offices and mandates, confirmed on a day and corrected with a source.

Titles are stable; holders, addresses and renewals are not. Whoever confirms has compared the record with the office's
own pages. A correction of anything that a packet prints or that leads it somewhere takes the confirmation back, so that
somebody looks once more at the whole; what stood there before is kept as a dated row for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.addressee import Addressee, AddresseeAct, AddresseeChange, AddresseeKind

NEEDS_A_NEW_LOOK = {
    *("title", "address_lines", "country", "holder", "holder_since", "holder_until"),
    *("email", "email_is_verified", "languages", "channels", "portal"),
}


class SourceMissing(Refused):
    """Say where it was read: the office's own page, a resolution, a letter."""


class TermBackwards(Refused):
    """A term cannot end before it begins."""


class AddresseeKnown(Refused):
    """There is an addressee with this short name."""


@dataclass(frozen=True)
class Entry:
    """One office as staff write it."""

    title: str
    address_lines: tuple[str, ...] = ()
    country: str = ""
    salutation: str = ""
    holder: str | None = None
    holder_since: date | None = None
    holder_until: date | None = None
    email: str | None = None
    email_is_verified: bool = False
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    portal: str = ""
    limits: str = ""
    consent_questions: tuple[str, ...] = ()
    mandate_country: str = ""
    use_when: str = ""
    created_by: str = ""
    last_renewal: str = ""
    what_is_verified: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()


def confirm(addressee: Addressee, *, by: str, at: datetime) -> None:
    """Title, holder and address were compared with the office's own pages today."""
    addressee.last_confirmed_on, addressee.last_confirmed_by = at.date(), by
    db.session.add(AddresseeChange(addressee=addressee, at=at, by=by, act=AddresseeAct.CONFIRMED))
    db.session.flush()


def correct(addressee: Addressee, entry: Entry, *, source: str, by: str, at: datetime) -> list[str]:
    """Change what has changed, a row for each field; which ones. Raises SourceMissing, TermBackwards."""
    if entry.holder_since and entry.holder_until and entry.holder_until < entry.holder_since:
        raise TermBackwards
    changed = {f.name: value for f in fields(entry) if not _same(addressee, f.name, value := getattr(entry, f.name))}
    if not changed:
        return []
    if not source.strip():
        raise SourceMissing
    for name, value in changed.items():
        db.session.add(
            AddresseeChange(
                addressee=addressee,
                at=at,
                by=by,
                act=AddresseeAct.CORRECTED,
                field=name,
                was=told(getattr(addressee, name)),
                became=told(value),
                source=source.strip(),
            )
        )
        setattr(addressee, name, list(value) if isinstance(value, tuple) else value)
    addressee.as_of = at.date()
    if NEEDS_A_NEW_LOOK.intersection(changed):
        addressee.last_confirmed_on = addressee.last_confirmed_by = None
    db.session.flush()
    return list(changed)


def add(id: str, kind: AddresseeKind, entry: Entry, *, source: str, by: str, at: datetime) -> Addressee:
    """A new office, which nobody has confirmed yet. Raises AddresseeKnown, SourceMissing, TermBackwards."""
    if db.session.get(Addressee, id) is not None:
        raise AddresseeKnown
    row = Addressee(id=id, kind=kind, title="", as_of=at.date(), email_is_verified=False, country="", salutation="")
    db.session.add(row)
    db.session.flush()
    correct(row, entry, source=source, by=by, at=at)
    return row


def history(addressee: Addressee) -> Sequence[AddresseeChange]:
    """Every confirmation and correction, the latest first."""
    return db.session.scalars(
        select(AddresseeChange).where(AddresseeChange.addressee_id == addressee.id).order_by(AddresseeChange.id.desc())
    ).all()


def told(value: Any) -> str:
    """A field in the history, as one text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    return "" if value is None else str(value)


def _same(addressee: Addressee, name: str, value: Any) -> bool:
    return told(getattr(addressee, name)) == told(value)
