"""Exporting: signers as a table, for an account that an admin has allowed to, and never more than a signer agreed to.

Nobody opens names in bulk alone: who has the permission asks and says why, somebody else on the staff agrees within
three days, and then the table may be taken once within a day. Only the command line, where the keys lie, does without.

The rule is that of a full packet, by the same code. Who chose the name in public: name and country. Initials: these
and, where ten or more signed, the country. The addressee only: name and country if the table is made for an
addressee whom the signed consent names, otherwise a number alone. Counted only: a number alone. A name that waits
for review, or was refused, is withheld. No e-mail address is ever in it. Withheld rows keep their number, so that
the table can be compared with the count.

Rows are read a batch at a time, each batch anew: who withdraws meanwhile is not in what is still to come.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from campaign.domain import assenting, journalling, names
from campaign.domain.errors import Refused
from campaign.domain.packets import lining
from campaign.domain.packets.lining import Reader, Rules
from campaign.domain.sealing import Opener
from campaign.domain.signatures import tallying
from campaign.models.account import Account
from campaign.models.assent import Assent, AssentKind
from campaign.models.packet import Level
from campaign.models.petition import Petition

BATCH = 1000
HEAD = ("number", "day", "country", "name", "shown_as")
Row = tuple[str, ...]


class NotAllowed(Refused):
    """Taking names out is a permission of its own, which an admin gives. Your account does not have it."""


class SecondYesNeeded(Refused):
    """Names are taken out by two people. Ask first; when somebody else on the staff has agreed, you may, once."""


class OwnPermission(Refused):
    """Nobody gives this permission to themselves. Ask another admin."""


class NamesKeyNotHere(Refused):
    """The key of names is not on this machine, so no table of names can be made here."""


class NotAddressed(Refused):
    """This petition is not addressed to them."""


def permit(account: Account, allowed: bool, *, by: Account | None, at: datetime) -> None:
    """Give or take the permission; `by` is None for the command line. Raises OwnPermission."""
    if by is not None and by.id == account.id and allowed:
        raise OwnPermission
    account.may_export = allowed
    act = "export permitted" if allowed else "export forbidden"
    journalling.note(act, "account", str(account.id), account_id=by.id if by else None, at=at)


def ask(petition: Petition, reason: str, *, addressee_id: str, by: Account, at: datetime) -> Assent:
    """Ask somebody else on the staff to agree. Raises NotAllowed, NotAddressed, ReasonMissing, AskedAlready."""
    if not by.may_export:
        raise NotAllowed
    _refuse_others(petition, addressee_id)
    return assenting.ask(AssentKind.TAKE_NAMES, reason, by=by, petition=petition, addressee_id=addressee_id, at=at)


def spend(petition: Petition, assent_id: int, opener: Opener, *, by: Account, at: datetime) -> str:
    """Use what was agreed to, and write it down; for which addressee the table then is.

    Whoever hands out the table commits before the first byte leaves. Raises NotAllowed, SecondYesNeeded, AssentOver,
    NamesKeyNotHere, NotAddressed.
    """
    if not by.may_export:
        raise NotAllowed
    assent = assenting.of(assent_id, AssentKind.TAKE_NAMES)
    if assent is None or assent.petition_id != petition.id or assent.asked_by_id != by.id:
        raise SecondYesNeeded
    addressee_id = assent.addressee_id or ""
    check(petition, opener, addressee_id=addressee_id)
    assenting.use(assent, by=by, at=at)
    note(petition, addressee_id=addressee_id, by=by.id, at=at, assent=assent.id, agreed_by=assent.agreed_by_id or 0)
    return addressee_id


def note(petition: Petition, *, addressee_id: str, by: int | None, at: datetime, **agreement: int) -> None:
    """The journal's row. Whoever hands out the table commits it before the first byte leaves."""
    details: dict[str, str | int] = {"counted": petition.signature_count, "addressee": addressee_id or "nobody"}
    details |= agreement
    journalling.note("signatures exported", "petition", petition.slug, account_id=by, at=at, **details)


def check(petition: Petition, opener: Opener, *, addressee_id: str) -> None:
    """Raises NamesKeyNotHere, NotAddressed: before anything is written or sent."""
    if not opener.key_ids:
        raise NamesKeyNotHere
    _refuse_others(petition, addressee_id)


def _refuse_others(petition: Petition, addressee_id: str) -> None:
    if addressee_id and addressee_id not in {a.addressee_id for a in petition.addressees}:
        raise NotAddressed


def table(
    petition: Petition,
    opener: Opener,
    high_risk: Collection[str],
    *,
    addressee_id: str = "",
    release: Callable[[], None],
) -> Iterator[Row]:
    """The head, then a row for every number. `release` ends the reading transaction of each batch."""
    reader, last = Reader(petition.id, _rules(petition, addressee_id, high_risk), opener), petition.last_number
    return _rows(reader, last, release)


def _rows(reader: Reader, last: int, release: Callable[[], None]) -> Iterator[Row]:
    yield HEAD
    for first in range(1, last + 1, BATCH):
        lines = reader.lines(first, min(first + BATCH - 1, last))
        release()
        for line in lines:
            yield (str(line.number), line.day, line.country, names.formula_safe(line.shown), line.form.value)


def _rules(petition: Petition, addressee_id: str, high_risk: Collection[str]) -> Rules:
    safe = {code: n for code, n in lining.countries(petition.id).items() if code not in high_risk}
    return Rules(
        level=Level.FULL,
        naming_texts=frozenset(t.id for t in petition.texts if addressee_id and addressee_id in t.addressee_ids),
        shown_countries=frozenset(code for code, _ in tallying.by_country(safe).shown),
        prisoners=tuple(n.text for p in petition.campaign.prisoners for n in p.names),
    )
