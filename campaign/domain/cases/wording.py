"""Wording: the words of a letter, hashed and dated. Words that people have read are never changed under their hands.

Any change of a letter that is there becomes a new version with its own day and hash; signatures keep the version that
they signed. The row of a version that was signed refuses every change, whoever asks.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, event, inspect, select
from sqlalchemy.orm import Mapper

from campaign.database import db
from campaign.domain.cases.proposal import LetterProposed
from campaign.domain.cases.publishing import consent_sentence, text_hash
from campaign.domain.errors import Refused, TextFrozen
from campaign.models.addressee import Addressee
from campaign.models.petition import Ask, Petition, PetitionAddressee, PetitionText
from campaign.models.signature import Signature

ASKS_LEAD = "We ask you"
_WORDS = (
    "title", "occasion", "salutation", "paragraphs", "asks_lead", "asks", "closing", "consent", "addressee_ids",
    "consent_parts", "lang", "sha256", "version", "petition_id",
)  # fmt: skip


class AddresseeUnknown(Refused):
    """One of the addressees is not on the list any more. Choose again."""


def reword(petition: Petition, letter: LetterProposed, *, at: datetime) -> PetitionText:
    """Give the letter these words, as its next version; nothing happens where not one of them differs.

    The asks keep what has become of them as long as their words stay. Raises AddresseeUnknown.
    """
    text = _text(letter, at)
    current = petition.text if petition.texts else None
    if current is not None and current.sha256 == text.sha256:
        return current
    text.version = current.version + 1 if current else 1
    petition.texts.append(text)
    _ask(petition, letter)
    _address(petition, letter)
    db.session.flush()
    return text


def _text(letter: LetterProposed, at: datetime) -> PetitionText:
    titles = {a.id: a.title for a in db.session.scalars(select(Addressee).where(Addressee.id.in_(letter.addressees)))}
    if len(titles) < len(set(letter.addressees)):
        raise AddresseeUnknown
    text = PetitionText(
        lang="en",
        title=letter.title,
        occasion=letter.occasion,
        salutation=letter.salutation,
        paragraphs=letter.paragraphs,
        asks_lead=letter.asks_lead or ASKS_LEAD,
        asks=[{"text": ask.text, "to": ask.to} for ask in letter.asks],
        closing=letter.closing,
        consent=consent_sentence([titles[each] for each in letter.addressees]) if letter.addressees else "",
        addressee_ids=list(letter.addressees),
        effective_at=at,
    )
    text.sha256 = text_hash(text)
    return text


def _ask(petition: Petition, letter: LetterProposed) -> None:
    known = {ask.text: ask.state for ask in petition.asks}
    petition.asks.clear()
    db.session.flush()
    for n, ask in enumerate(letter.asks, start=1):
        row = Ask(position=n, text=ask.text, asked_of=ask.to)
        if ask.text in known:
            row.state = known[ask.text]
        petition.asks.append(row)


def _address(petition: Petition, letter: LetterProposed) -> None:
    known = {row.addressee_id: row for row in petition.addressees}
    for gone in set(known) - set(letter.addressees):
        petition.addressees.remove(known[gone])
    for n, each in enumerate(letter.addressees):
        if each in known:
            known[each].position = n
        else:
            petition.addressees.append(PetitionAddressee(addressee_id=each, position=n))


@event.listens_for(PetitionText, "before_update")
def _refuse_signed(_mapper: Mapper[Any], connection: Connection, text: PetitionText) -> None:
    """It hangs on the row because no way of changing a text may forget it."""
    changed = inspect(text).attrs
    if not any(changed[name].history.has_changes() for name in _WORDS):
        return
    if text.frozen_at is not None or connection.scalar(
        select(Signature.id).where(Signature.text_id == text.id).limit(1)
    ):
        raise TextFrozen
