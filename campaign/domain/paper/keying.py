"""Keying: two people type a sheet in without seeing each other's reading; what differs is settled line by line.

Names are compared without being opened, by a keyed hash of their exact spelling, so that a machine without the key of
names can tell a difference too. Settling takes the one reading, the other, or a third; then both readings are deleted
and the lines count. Where they differ it is a third look: whoever typed one of the two would choose between their own
reading and another's. Only where the staff is no more than the two may one of them, and the journal says so. Of
somebody who ticked to be counted only, or lives where signing is dangerous, no name is kept.

Nothing on a sheet proves that its signer has not signed online too, or on another sheet: there is no mailbox to tell
people apart by. An equal name is shown as a hint, and printed packets say so.
"""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from campaign.database import after_commit, db
from campaign.domain import spellings
from campaign.domain.errors import Refused
from campaign.domain.paper import collecting, issuing
from campaign.domain.paper.collecting import TooManyLines
from campaign.domain.sealing import Opener, Seal
from campaign.domain.signatures import unveiling
from campaign.models.account import Account
from campaign.models.paper import LineState, PaperKeying, PaperLine, PaperReading, PaperSheet, SheetState, VoidReason
from campaign.models.signature import Signature, Visibility

TURNS = (1, 2)
THIRD = 3  # what settling typed anew


class NotReturned(Refused):
    """This sheet is not there to be typed in: record it with its scan first, or it is settled already."""


class KeyedAlready(Refused):
    """You have typed this sheet in already. The second reading is somebody else's; yours is kept as it was."""


class KeyedTwice(Refused):
    """Two people have typed this sheet in. A third reading would settle nothing; compare the two."""


class NotKeyedTwice(Refused):
    """Two different people type a sheet in before it is compared. One reading is still missing."""


class LineUnsettled(Refused):
    """The two readings differ in a line for which nothing is chosen. Nothing was settled."""


class SettledByThird(Refused):
    """You typed this sheet in, and the two readings differ: somebody else of the staff settles what is right."""


class NotStanding(Refused):
    """This line does not count, so it can be neither withdrawn nor made void."""


@dataclass(frozen=True)
class Typed:
    """One line as somebody reads it: `name` as `names.accepted` returned it, `country` a code or empty."""

    line: int
    state: LineState
    name: str = field(default="", repr=False)
    country: str = ""
    only_counted: bool = False
    reason: VoidReason | None = None


@dataclass(frozen=True)
class Compared:
    """One line in both readings."""

    line: int
    first: PaperReading
    second: PaperReading

    @property
    def differs_in(self) -> list[str]:
        if self.first.state is not self.second.state:
            return ["state"]
        fields = {LineState.SIGNED: ("name_mark", "country", "only_counted"), LineState.VOID: ("reason",)}
        asked = fields.get(self.first.state, ())
        return [name for name in asked if getattr(self.first, name) != getattr(self.second, name)]


def key(sheet: PaperSheet, lines: Sequence[Typed], *, by: Account, at: datetime, seal: Seal) -> int:
    """Keep one reading, first or second; which. Raises NotReturned, KeyedAlready, KeyedTwice, TooManyLines."""
    issuing.check_open(sheet.petition)
    db.session.refresh(sheet, with_for_update={"key_share": True})
    if sheet.state is not SheetState.RETURNED:
        raise NotReturned
    if collecting.keyed_by(sheet, by.id):
        raise KeyedAlready
    if len(sheet.keyings) >= len(TURNS):
        raise KeyedTwice
    if any(not 1 <= typed.line <= sheet.lines for typed in lines):
        raise TooManyLines
    turn = len(sheet.keyings) + 1
    sheet.keyings.append(PaperKeying(turn=turn, account_id=by.id, keyed_at=at))
    by_line = {typed.line: typed for typed in lines}
    empty = (Typed(line, LineState.EMPTY) for line in range(1, sheet.lines + 1))
    db.session.add_all(_reading(sheet, turn, by_line.get(each.line, each), seal) for each in empty)
    db.session.flush()
    return turn


def _reading(sheet: PaperSheet, turn: int, typed: Typed, seal: Seal) -> PaperReading:
    public_id, secret = secrets.token_bytes(16), sheet.petition.hash_secret or b""
    row = PaperReading(sheet_id=sheet.id, turn=turn, line=typed.line, state=typed.state, public_id=public_id)
    row.country, row.only_counted, row.reason = "", False, None
    if typed.state is LineState.VOID:
        row.reason = typed.reason or VoidReason.MISTAKE
    if typed.state is LineState.SIGNED:
        row.country, row.only_counted = typed.country, typed.only_counted
        row.name_box = seal.name_box(typed.name, public_id)
        row.name_key = seal.name_key(secret, spellings.skeleton(typed.name))
        row.name_mark = seal.keyed("paper spelling", secret, typed.name)
    return row


def compared(sheet: PaperSheet) -> list[Compared]:
    """Both readings line by line. Raises NotKeyedTwice."""
    if sheet.state is not SheetState.RETURNED or len(sheet.keyings) < len(TURNS):
        raise NotKeyedTwice
    first, second = (
        db.session.scalars(
            select(PaperReading)
            .where(PaperReading.sheet_id == sheet.id, PaperReading.turn == turn)
            .order_by(PaperReading.line)
        ).all()
        for turn in TURNS
    )
    return [Compared(a.line, a, b) for a, b in zip(first, second, strict=True)]


def names_of(pair: Compared, opener: Opener) -> tuple[str, str]:
    """The name of one line as each has typed it, empty where there is none. The caller has written the journal."""

    def opened(reading: PaperReading) -> str:
        return opener.open(reading.name_box, reading.public_id) if reading.name_box else ""

    return opened(pair.first), opened(pair.second)


def is_third(sheet: PaperSheet, by: Account) -> bool:
    return collecting.keyed_by(sheet, by.id) is None


def may_settle(sheet: PaperSheet, pairs: Sequence[Compared], *, by: Account) -> bool:
    """A keyer may where nothing differs, or where nobody else is on the staff."""
    if is_third(sheet, by) or not any(pair.differs_in for pair in pairs):
        return True
    keyers = [keying.account_id for keying in sheet.keyings]
    others = db.session.scalars(select(Account).where(Account.active, Account.id.not_in(keyers)).order_by(Account.id))
    return not any(other.is_of_staff for other in others)


def settle(
    sheet: PaperSheet,
    choices: Mapping[int, int | Typed],
    *,
    by: Account,
    at: datetime,
    seal: Seal,
    high_risk: Collection[str],
) -> Counter[LineState]:
    """Make the sheet's lines of both readings; `choices` says for each line that differs: 1, 2, or typed anew.

    Raises NotKeyedTwice, SettledByThird, LineUnsettled; then nothing is changed.
    """
    issuing.check_open(sheet.petition)
    db.session.refresh(sheet, with_for_update={"key_share": True})
    pairs = compared(sheet)
    if not may_settle(sheet, pairs, by=by):
        raise SettledByThird
    if any(pair.differs_in and pair.line not in choices for pair in pairs):
        raise LineUnsettled
    chosen = [_chosen(sheet, pair, choices.get(pair.line, 1) if pair.differs_in else 1, seal) for pair in pairs]
    lines = [_line(sheet, reading, high_risk, at) for reading in chosen if reading.state is not LineState.EMPTY]
    db.session.execute(delete(PaperReading).where(PaperReading.sheet_id == sheet.id))
    db.session.add_all(lines)
    sheet.state, sheet.settled_at, sheet.settled_by_id = SheetState.SETTLED, at, by.id
    db.session.flush()
    after_commit("count")
    return Counter(line.state for line in lines)


def _chosen(sheet: PaperSheet, pair: Compared, choice: int | Typed, seal: Seal) -> PaperReading:
    if isinstance(choice, Typed):
        return _reading(sheet, THIRD, choice, seal)
    return pair.second if choice == TURNS[-1] else pair.first


def _line(sheet: PaperSheet, reading: PaperReading, high_risk: Collection[str], at: datetime) -> PaperLine:
    is_signed = reading.state is LineState.SIGNED
    unseen = not is_signed or reading.only_counted or reading.country in high_risk
    return PaperLine(
        petition_id=sheet.petition_id,
        sheet_id=sheet.id,
        line=reading.line,
        public_id=reading.public_id,
        state=reading.state,
        reason=reading.reason,
        visibility=Visibility.COUNTED if unseen else Visibility.ADDRESSEE,
        country=reading.country,
        name_box=None if unseen else reading.name_box,
        name_key=reading.name_key,
        ended_at=None if is_signed else at,
    )


def withdraw(line: PaperLine, *, at: datetime) -> None:
    """Its signer asks for it. Name and hash go at once, as does the scan, which shows the hand. Raises NotStanding."""
    _end(line, LineState.WITHDRAWN, at=at)


def void(line: PaperLine, why: VoidReason, *, at: datetime) -> None:
    """Found out later. The number stays, the name goes. Raises NotStanding."""
    _end(line, LineState.VOID, at=at)
    line.reason = why


def _end(line: PaperLine, state: LineState, *, at: datetime) -> None:
    db.session.refresh(line, with_for_update={"key_share": True})
    if line.state is not LineState.SIGNED:
        raise NotStanding
    line.state, line.ended_at, line.name_box, line.name_key = state, at, None, None
    if state is LineState.WITHDRAWN:
        line.country, line.visibility = "", Visibility.COUNTED
        collecting.close_scans(line.sheet)
    db.session.flush()
    unveiling.lowered_on_paper(line.petition_id)
    after_commit("count")


def line_of(sheet: PaperSheet, number: int) -> PaperLine | None:
    return next((line for line in sheet.signed if line.line == number), None)


@dataclass(frozen=True)
class Alike:
    """How often a name of this sheet stands elsewhere under the same letter. Two people may bear one name."""

    here: int
    on_sheets: int
    online: int


def alike(sheet: PaperSheet, pairs: Sequence[Compared]) -> dict[int, Alike]:
    """Lines of which the same name stands a second time, by line."""
    keys = {pair.line: pair.first.name_key for pair in pairs if pair.first.name_key}
    here = Counter(keys.values())
    on_sheets = _how_often(PaperLine, sheet.petition_id, PaperLine.state == LineState.SIGNED, keys.values())
    online = _how_often(Signature, sheet.petition_id, Signature.counted, keys.values())
    found = {line: Alike(here[key] - 1, on_sheets.get(key, 0), online.get(key, 0)) for line, key in keys.items()}
    return {line: each for line, each in found.items() if each != Alike(0, 0, 0)}


def _how_often(model: Any, petition_id: int, standing: Any, keys: Collection[bytes | None]) -> dict[bytes | None, int]:
    rows: Any = db.session.execute(
        select(model.name_key, func.count())
        .where(model.petition_id == petition_id, standing, model.name_key.in_(set(keys)))
        .group_by(model.name_key)
    )
    return {row[0]: row[1] for row in rows.all()}
