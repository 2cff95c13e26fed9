"""Importing: people who signed elsewhere are asked, each by a letter, whether they wish to sign here.

An imported row is a form that somebody else filled in. It is not confirmed by being imported: it becomes a pending
signature, its owner gets the ordinary letter, sees there what was chosen and may lower it, and counts only after
confirming. Who does not answer is forgotten after seven days like everybody else. News are never subscribed to by
import, as that consent was not given here.

Nobody is asked who stands here already, who was asked and has not answered yet, or who told this campaign to stop
writing. So a file may be read again after a stop. Who withdrew cannot be known here, as nothing of them is kept:
whoever brings the file takes them out of it.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import exists, or_, select

from campaign.database import db
from campaign.domain import names, spellings
from campaign.domain.errors import Refused
from campaign.domain.names import NameRefused
from campaign.domain.sealing import Seal
from campaign.domain.signatures import signing
from campaign.domain.signatures.signing import OpenPetition, Signer
from campaign.models.signature import Signature, SignatureState, Visibility
from campaign.models.supporter import Subscription, SubscriptionState, Suppression

NEEDED = ("name", "email", "country")
LONGEST = 1000  # characters of a cell
_HERE = (SignatureState.PENDING, SignatureState.CONFIRMED, SignatureState.HELD)


class HeadMissing(Refused):
    """The first line must name the columns name, email and country; visibility and lang may follow."""


class RowWrong(Refused):
    """This row cannot be taken."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says  # names the column, never what stood in it


@dataclass(frozen=True)
class Allowed:
    """What a row may say: countries by ISO 3166 code, and those where only counting is safe."""

    countries: Collection[str]
    high_risk: Collection[str]


def rows(lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """The rows of a CSV file with the number of the line on which each ends. Raises HeadMissing."""
    reader = csv.DictReader(lines)
    head = [(name or "").strip().lstrip("\ufeff").casefold() for name in reader.fieldnames or ()]
    if not set(NEEDED) <= set(head):
        raise HeadMissing
    reader.fieldnames = head
    for row in reader:
        yield reader.line_num, row


def signer(row: Mapping[str, str | None], allowed: Allowed) -> Signer:
    """The person of one row. Raises RowWrong, which says why in words without what was written."""
    if None in row or any(row.get(column) is None for column in NEEDED):
        raise RowWrong("it has more or fewer cells than the first line")
    cells = {key: (value or "").strip() for key, value in row.items()}
    if any(len(cell) > LONGEST for cell in cells.values()):
        raise RowWrong("a cell is longer than any name or address")
    visibility = cells.get("visibility") or Visibility.COUNTED.value
    if visibility not in set(Visibility):
        raise RowWrong("visibility must be counted, addressee, initials or public")
    chosen, country = Visibility(visibility), cells["country"].upper()
    if country not in allowed.countries:
        raise RowWrong("country must be a code of ISO 3166 such as FR")
    if chosen is not Visibility.COUNTED and country in allowed.high_risk:
        raise RowWrong("in this country a visible signature is dangerous: only “counted” is imported")
    return Signer(
        name=_name(cells["name"], chosen),
        email=_address(cells["email"]),
        country=country,
        visibility=chosen,
        lang=(cells.get("lang") or "en")[:20],
    )


def ask(petition: OpenPetition, person: Signer, *, at: datetime, seal: Seal) -> bool:
    """Record the row as pending and post its letter; False if that person is not to be written to.

    Raises PetitionClosed.
    """
    if _stands(petition, person, seal) or _left(petition, person, seal):
        return False
    signing.sign(petition, person, at=at, seal=seal)
    return True


def _stands(petition: OpenPetition, person: Signer, seal: Seal) -> bool:
    """Two people may share a mailbox; the same name from it is the same person."""
    same = exists().where(
        Signature.petition_id == petition.id,
        Signature.email_key == seal.email_key(petition.hash_secret, person.email, petition.rules),
        Signature.name_key == seal.name_key(petition.hash_secret, spellings.skeleton(person.name)),
        Signature.state.in_(_HERE),
    )
    return bool(db.session.scalar(select(same)))


def _left(petition: OpenPetition, person: Signer, seal: Seal) -> bool:
    secret = petition.campaign_secret
    keys = [seal.person_key(secret, person.email), seal.subscription_key(secret, person.email)]
    ended = exists().where(Subscription.email_key.in_(keys), Subscription.state == SubscriptionState.ENDED)
    listed = exists().where(Suppression.email_key.in_(keys))
    return bool(db.session.scalar(select(or_(ended, listed))))


def _name(typed: str, chosen: Visibility) -> str:
    if not typed and chosen is Visibility.COUNTED:
        return ""
    try:
        return names.accepted(typed)
    except NameRefused as fault:
        raise RowWrong(f"name: {fault.message_key % fault.message_values}" if typed else "name is missing") from None


def _address(typed: str) -> str:
    try:
        return validate_email(typed, check_deliverability=False, allow_smtputf8=True, test_environment=False).normalized
    except EmailNotValidError:
        raise RowWrong("email is not a whole address") from None
