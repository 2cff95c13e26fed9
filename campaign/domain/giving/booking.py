"""Booking what was found at the payment company. Twice is the same as once, and late is the same as in time.

Everything is keyed by the company's own id, so that a fact seen again changes nothing. What can change is compared by
the moment at which it was asked for: an older look never overwrites a newer one, so that two workers, or two reports
in the wrong order, end alike. Whatever changed has a report of its own, which is looked at after it.
"""

import secrets
from datetime import datetime

from sqlalchemy import select

from campaign.database import db
from campaign.domain import alerting, mailboxes, posting
from campaign.domain.giving import acknowledging, funding
from campaign.domain.giving.acknowledging import Books
from campaign.domain.giving.paying import ChargeSeen, DonorSeen, Line, Look, PlanSeen
from campaign.models.donation import Donor, Fund, Gift, GiftState, Plan, PlanState, Receipt
from campaign.models.movement import Movement, MovementKind

KINDS = {
    "charge": MovementKind.GIFT,
    "payment": MovementKind.GIFT,
    "refund": MovementKind.REFUND,
    "payment_refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND,
    "payment_failure_refund": MovementKind.REFUND,
    "payment_reversal": MovementKind.DISPUTE,
    "adjustment": MovementKind.DISPUTE,
    "payout": MovementKind.PAYOUT,
    "payout_failure": MovementKind.PAYOUT,
    "payout_cancel": MovementKind.PAYOUT,
}
OVER = {"canceled", "incomplete_expired", "unpaid"}
LATE = {"past_due"}
RUNNING = {"active", "trialing"}
UNSETTLED = {"needs_response", "under_review"}
TOLD_TIMES = 3  # letters about one invoice that could not be paid


def book(look: Look, books: Books, *, at: datetime) -> bool:
    """Write down all that was found; False if it is no business of this site."""
    for each in look.lines:
        line(each, None)
    fund = funding.with_code(look.code) if look.code else None
    if fund is None:
        return bool(look.lines)
    if look.plan is None and (look.charge is None or (look.charge.status == "failed" and _known(look) is None)):
        return False  # a card that was refused is no gift, and nobody a donor
    donor = _donor(fund, look, books)
    if donor is None:
        return False
    plan = _plan(look.plan, donor, look, at=at) if look.plan else None
    if look.charge is not None:
        _charge(look.charge, donor, plan, look, books, at=at)
    if plan is not None and look.failed:
        _tell_failed(plan, look.failed, at=at)
    return True


def _donor(fund: Fund, look: Look, books: Books) -> Donor | None:
    """Whoever gave: known by an earlier gift or plan, or by the address; else new. None where nobody is named.

    A donor whose data were erased stays erased: what came earlier is not filled in again.
    """
    known = _known(look)
    if known is not None:
        return known
    if look.donor is None or not look.donor.email:
        return None
    key = books.seal.keyed("donor", fund.secret, mailboxes.canonical(look.donor.email, mailboxes.SHIPPED))
    row = db.session.scalar(select(Donor).where(Donor.campaign_id == fund.campaign_id, Donor.email_key == key))
    if row is None:
        public_id = secrets.token_bytes(16)
        row = Donor(public_id=public_id, campaign_id=fund.campaign_id, email_key=key, lang=look.lang[:20])
        row.box = books.seal.address_box(acknowledging.packed(look.donor), public_id)
        db.session.add(row)
        db.session.flush()
    return row


def _known(look: Look) -> Donor | None:
    if look.charge and (gift := _gift(look.charge.id)):
        return gift.donor
    if look.plan and (plan := db.session.scalar(select(Plan).where(Plan.subscription == look.plan.id))):
        return plan.donor
    return None


def _plan(seen: PlanSeen, donor: Donor, look: Look, *, at: datetime) -> Plan | None:
    row = db.session.scalar(select(Plan).where(Plan.subscription == seen.id).with_for_update())
    if row is None:
        if seen.status in {"incomplete", "incomplete_expired"}:
            return None  # the first payment never came
        row = Plan(
            donor_id=donor.id, campaign_id=donor.campaign_id, subscription=seen.id, customer=seen.customer,
            began_on=seen.created.date(), state=PlanState.ACTIVE, amount=seen.amount, currency=seen.currency,
            seen_at=look.asked_at,
        )  # fmt: skip
        db.session.add(row)
    elif look.asked_at < row.seen_at:
        return row
    was = row.state
    row.amount, row.currency, row.seen_at = seen.amount, seen.currency, look.asked_at
    row.renews_on = seen.renews.date() if seen.renews and seen.status not in OVER else None
    if seen.status in OVER:
        row.state, row.ended_on = PlanState.ENDED, (seen.ended or at).date()
    elif seen.status in LATE:
        row.state = PlanState.LATE
    elif seen.status in RUNNING:
        row.state = PlanState.ACTIVE
    db.session.flush()
    if row.state is PlanState.ENDED and was is not PlanState.ENDED:
        _write_to(donor, "gift-ended", {"plan": str(row.id)}, at=at)
    return row


def _charge(seen: ChargeSeen, donor: Donor, plan: Plan | None, look: Look, books: Books, *, at: datetime) -> None:
    gift = _gift(seen.id)
    if gift is None:
        if seen.status == "failed":
            return  # a card that was refused is no gift
        gift = _new_gift(seen, donor, plan, look)
    elif look.asked_at < gift.seen_at:
        return
    was = gift.state
    gift.seen_at, gift.refunded, gift.state = look.asked_at, max(0, min(seen.refunded, seen.amount)), _state(seen)
    if plan is not None:
        gift.plan_id = plan.id
    db.session.flush()
    for each in seen.lines:
        line(each, gift)
    if gift.state is GiftState.DISPUTED and was is not GiftState.DISPUTED:
        alerting.note("giving", f"A gift is questioned at a bank ({gift.charge}): answer at Stripe in time.", at=at)
    if gift.state is GiftState.FAILED:
        if was is GiftState.PENDING:
            _write_to(donor, "gift-failed", {"gift": str(gift.id)}, at=at)
    elif gift.state is not GiftState.PENDING:
        _acknowledge(gift, seen, look.donor or DonorSeen("", ""), books, at=at)


def _new_gift(seen: ChargeSeen, donor: Donor, plan: Plan | None, look: Look) -> Gift:
    reference = bytes.fromhex(look.reference) if _is_reference(look.reference) else b""
    taken = db.session.scalar(select(Gift.id).where(Gift.public_id == reference)) if reference else True
    gift = Gift(
        public_id=secrets.token_bytes(16) if taken else reference,  # the first payment of an attempt bears its mark
        donor_id=donor.id,
        campaign_id=donor.campaign_id,
        plan_id=plan.id if plan else None,
        charge=seen.id,
        amount=seen.amount,
        currency=seen.currency,
        given_on=seen.created.date(),
        state=GiftState.PENDING,
        seen_at=look.asked_at,
    )
    db.session.add(gift)
    db.session.flush()
    return gift


def _state(seen: ChargeSeen) -> GiftState:
    if seen.status != "succeeded":
        return GiftState.PENDING if seen.status == "pending" else GiftState.FAILED
    if any(dispute.status == "lost" for dispute in seen.disputes):
        return GiftState.LOST
    if any(dispute.status in UNSETTLED for dispute in seen.disputes):
        return GiftState.DISPUTED
    return GiftState.REFUNDED if seen.refunded >= seen.amount else GiftState.PAID


def _acknowledge(gift: Gift, seen: ChargeSeen, donor: DonorSeen, books: Books, *, at: datetime) -> None:
    """A receipt for what came and a credit note for each thing that went, each once, and a letter with each."""
    issued = [acknowledging.receipt(gift, donor, books, at=at)]
    for refund in seen.refunds:
        if refund.status == "succeeded":
            issued.append(acknowledging.credit(gift, refund.id, refund.amount, donor, books, at=at))
        elif refund.status in {"failed", "canceled"}:
            issued.append(acknowledging.reinstate(gift, refund.id, donor, books, at=at))
    for dispute in seen.disputes:
        if dispute.status == "lost":
            issued.append(acknowledging.credit(gift, dispute.id, dispute.amount, donor, books, at=at))
    for receipt in filter(None, issued):
        _send(receipt, gift.donor, at=at)


def _send(receipt: Receipt, donor: Donor, *, at: datetime) -> None:
    _write_to(donor, "gift-receipt", {"receipt": str(receipt.id)}, at=at)


def _tell_failed(plan: Plan, attempt: str, *, at: datetime) -> None:
    """Say once per attempt that the card was refused, three times at most; the company tries by itself."""
    times = int(attempt.rpartition(":")[2] or 0)
    if plan.state is PlanState.ENDED or plan.told == attempt or times > TOLD_TIMES:
        return
    plan.told = attempt
    _write_to(plan.donor, "gift-failed", {"plan": str(plan.id)}, at=at)


def _write_to(donor: Donor, kind: str, about: dict[str, str], *, at: datetime) -> None:
    if donor.box is not None:
        params = {"donor": str(donor.id), **about}
        posting.post(kind, at=at, email_box=donor.box, lang=donor.lang, params=params)


def line(found: Line, gift: Gift | None) -> None:
    """Write down one line of the balance. Its payout becomes known later; nothing else of it ever changes."""
    row = db.session.scalar(select(Movement).where(Movement.txn == found.id))
    if row is None:
        row = Movement(
            txn=found.id, kind=KINDS.get(found.kind, MovementKind.OTHER), dated=found.created.date(),
            available_on=found.available.date(), amount=found.amount, fee=found.fee, net=found.net,
            currency=found.currency,
        )  # fmt: skip
        db.session.add(row)
    if gift is not None:
        row.gift_id, row.campaign_id = gift.id, gift.campaign_id
    row.payout = found.payout or row.payout
    db.session.flush()


def _gift(charge: str) -> Gift | None:
    return db.session.scalar(select(Gift).where(Gift.charge == charge).with_for_update())


def _is_reference(text: str) -> bool:
    return len(text) == 32 and all(sign in "0123456789abcdef" for sign in text)
