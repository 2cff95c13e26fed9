"""Funding: what staff set about giving to a campaign, who issues its receipts, and how far it has come.

A campaign gets its fund, with the opaque code that the payment company sees, when somebody first gives to it or when
staff first set something. Without an issuer of its own, such as a fiscal sponsor, the operator of the site issues.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.campaign import Campaign
from campaign.models.donation import Fund, Issuer
from campaign.models.movement import Movement, MovementKind

OPERATOR_CODE = "OP"
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class CodeTaken(Refused):
    """Another issuer has this code already, and its numbers begin with it."""


@dataclass(frozen=True)
class Progress:
    """What came in so far towards the goal, in smallest units of its currency."""

    amount: int
    goal: int
    currency: str


@dataclass(frozen=True)
class Giving:
    """What the public pages of a campaign say about giving."""

    is_open: bool
    progress: Progress | None


def of(campaign_id: int) -> Fund | None:
    return db.session.get(Fund, campaign_id)


def with_code(code: str) -> Fund | None:
    return db.session.scalar(select(Fund).where(Fund.code == code))


def open_fund(campaign_id: int) -> Fund:
    """The fund of a campaign, made now if it has none; two who come at once get the same."""
    found = db.session.get(Fund, campaign_id)
    if found is not None:
        return found
    code = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    new = _INSERT[db.session.get_bind().dialect.name](Fund).values(
        campaign_id=campaign_id, code=code, secret=secrets.token_bytes(32)
    )
    db.session.execute(new.on_conflict_do_nothing())
    return db.session.get_one(Fund, campaign_id)


def shown(slug: str) -> Giving:
    """Whether this campaign takes gifts, and its progress if staff show it. Closed campaigns take none."""
    row = db.session.scalar(select(Campaign).where(Campaign.slug == slug))
    if row is None or row.state != "open":
        return Giving(False, None)
    fund = db.session.get(Fund, row.id)
    if fund is None:
        return Giving(True, None)
    wanted = fund.shows_progress and fund.goal_amount > 0
    return Giving(fund.is_open, progress(fund) if wanted else None)


def progress(fund: Fund) -> Progress:
    """What was given less what was given back, as settled in the currency of the goal; fees are not taken off."""
    kinds = [MovementKind.GIFT, MovementKind.REFUND, MovementKind.DISPUTE]
    came = select(func.sum(Movement.amount)).where(
        Movement.campaign_id == fund.campaign_id, Movement.currency == fund.goal_currency, Movement.kind.in_(kinds)
    )
    return Progress(max(0, int(db.session.scalar(came) or 0)), fund.goal_amount, fund.goal_currency)


def issuers() -> Sequence[Issuer]:
    return db.session.scalars(select(Issuer).order_by(Issuer.code)).all()


def issuer_of(fund: Fund, *, operator: str, address: str) -> Issuer:
    """Who issues for this campaign. The operator's own row follows the settings of the site until staff write it."""
    if fund.issuer is not None:
        return fund.issuer
    found = db.session.scalar(select(Issuer).where(Issuer.code == OPERATOR_CODE))
    if found is None:
        new = _INSERT[db.session.get_bind().dialect.name](Issuer).values(
            code=OPERATOR_CODE, name=operator, address=address, tax_line="", wording="", last_number=0
        )
        db.session.execute(new.on_conflict_do_nothing())
        found = db.session.scalars(select(Issuer).where(Issuer.code == OPERATOR_CODE)).one()
    return found


def write_issuer(issuer: Issuer | None, *, code: str, name: str, address: str, tax_line: str, wording: str) -> Issuer:
    """Change an issuer, or add one. Receipts already issued keep the words they had. Raises CodeTaken."""
    other = db.session.scalar(select(Issuer).where(Issuer.code == code))
    if other is not None and other is not issuer:
        raise CodeTaken
    if issuer is None:
        issuer = Issuer(code=code, last_number=0)
        db.session.add(issuer)
    issuer.code, issuer.name, issuer.address = code, name, address
    issuer.tax_line, issuer.wording = tax_line, wording
    db.session.flush()
    return issuer


def set_fund(
    fund: Fund, *, is_open: bool, issuer: Issuer | None, shows_progress: bool, goal_amount: int, goal_currency: str
) -> None:
    fund.is_open, fund.issuer, fund.shows_progress = is_open, issuer, shows_progress
    fund.goal_amount, fund.goal_currency = goal_amount, goal_currency
    db.session.flush()
