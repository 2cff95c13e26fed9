"""Reading at Stripe whatever a report was about, and turning it into the facts of `domain/giving/paying.py`.

A charge is the root of every gift: sessions, invoices, refunds and disputes all lead to one. What bears no code of
ours belongs to somebody else who uses the same account, and is left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from campaign.domain.giving.paying import ChargeSeen, DisputeSeen, DonorSeen, Line, Look, PlanSeen, RefundSeen, Told

Thing = Mapping[str, Any]
THINGS = {"checkout": "session", "invoice": "invoice", "charge": "charge", "refund": "charge", "payout": "payout"}
LISTENS_TO = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "invoice.paid",
    "invoice.payment_failed",
    "charge.succeeded",
    "charge.failed",
    "charge.refunded",
    "charge.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "payout.paid",
    "payout.reconciliation_completed",
)


class Reading:
    """Reads one thing and whatever belongs to it. Returns looks; a thing without our code gives an empty one."""

    def __init__(self, client: Any, asked_at: datetime) -> None:
        self.v1, self.asked_at = client.v1, asked_at

    def session(self, id: str) -> Look:
        found = self.v1.checkout.sessions.retrieve(id).to_dict()
        if found["mode"] == "subscription":
            return self._of_plan(found["subscription"], found) if found.get("subscription") else self._nothing()
        intent = found.get("payment_intent")
        return self._of_intent(intent, found) if intent else self._nothing()

    def invoice(self, id: str) -> Look:
        found = self.v1.invoices.retrieve(id, {"expand": ["payments"]}).to_dict()
        plan = ((found.get("parent") or {}).get("subscription_details") or {}).get("subscription")
        if not plan:
            return self._nothing()
        look = self._of_plan(_id(plan), None, invoice=found)
        if found.get("status") == "open" and found.get("attempt_count"):
            look = replace(look, failed=f"{found['id']}:{found['attempt_count']}")
        return look

    def charge(self, id: str) -> Look:
        return self._of_charge(self._charge(id))

    def plan(self, id: str) -> Look:
        return self._of_plan(id)

    def payout(self, id: str) -> Look:
        rows = self.v1.balance_transactions.list({"payout": id, "limit": 100}).auto_paging_iter()
        return replace(self._nothing(), lines=tuple(line(row.to_dict(), payout=id) for row in rows))

    def source(self, id: str) -> Look:
        """Whatever stands behind a line of the balance."""
        if id.startswith(("re_", "pyr_")):
            id = _id(self.v1.refunds.retrieve(id).to_dict()["charge"])
        elif id.startswith(("dp_", "du_")):
            id = _id(self.v1.disputes.retrieve(id).to_dict()["charge"])
        elif id.startswith("po_"):
            return self.payout(id)
        return self.charge(id)

    def _of_intent(self, id: str, session: Thing) -> Look:
        intent = self.v1.payment_intents.retrieve(id).to_dict()
        if not intent.get("latest_charge"):
            return self._nothing()
        return self._of_charge(self._charge(_id(intent["latest_charge"])), session)

    def _of_charge(self, charge: Thing, session: Thing | None = None) -> Look:
        mark = charge.get("metadata") or {}
        if "campaign" not in mark:
            return self._of_monthly(charge)
        if session is None and not _donor(charge).email and charge.get("payment_intent"):
            rows = self.v1.checkout.sessions.list({"payment_intent": _id(charge["payment_intent"])}).to_dict()["data"]
            session = next(iter(rows), None)
        return self._marked(mark, charge=self._seen(charge), donor=_donor(charge, session or {}))

    def _of_monthly(self, charge: Thing) -> Look:
        """A charge of an invoice bears no mark of ours; its subscription does."""
        if not charge.get("payment_intent"):
            return self._nothing()
        given = {"payment": {"type": "payment_intent", "payment_intent": _id(charge["payment_intent"])}}
        rows = self.v1.invoice_payments.list(given).to_dict()["data"]
        if not rows:
            return self._nothing()
        invoice = self.v1.invoices.retrieve(_id(rows[0]["invoice"]), {"expand": ["payments"]}).to_dict()
        plan = ((invoice.get("parent") or {}).get("subscription_details") or {}).get("subscription")
        return self._of_plan(_id(plan), None, charge=charge) if plan else self._nothing()

    def _of_plan(
        self, id: str, session: Thing | None = None, *, invoice: Thing | None = None, charge: Thing | None = None
    ) -> Look:
        plan = self.v1.subscriptions.retrieve(id, {"expand": ["customer", "latest_invoice.payments"]}).to_dict()
        mark = plan.get("metadata") or {}
        if charge is None:
            charge = self._paid_by(invoice or plan.get("latest_invoice") or {})
        donor = _donor(charge or {}, session or {}, plan["customer"])
        return self._marked(mark, charge=self._seen(charge) if charge else None, plan=_plan(plan), donor=donor)

    def _paid_by(self, invoice: Thing) -> Thing | None:
        for each in (invoice.get("payments") or {}).get("data", ()):
            intent = each["payment"].get("payment_intent")
            if each["status"] == "paid" and intent:
                found = self.v1.payment_intents.retrieve(_id(intent)).to_dict()
                return self._charge(_id(found["latest_charge"])) if found.get("latest_charge") else None
        return None

    def _charge(self, id: str) -> Thing:
        found: Thing = self.v1.charges.retrieve(id, {"expand": ["balance_transaction"]}).to_dict()
        return found

    def _seen(self, charge: Thing) -> ChargeSeen:
        # Also where nothing is refunded as it seems: a refund that failed has moved money twice.
        refunds = self._refunds(charge["id"]) if charge["status"] == "succeeded" else []
        disputes: list[Thing] = []
        if charge.get("disputed"):
            disputes = [row.to_dict() for row in self.v1.disputes.list({"charge": charge["id"]}).auto_paging_iter()]
        lines = [charge.get("balance_transaction")]
        for refund in refunds:
            lines += [refund.get("balance_transaction"), refund.get("failure_balance_transaction")]
        for dispute in disputes:
            lines += dispute.get("balance_transactions") or []
        return ChargeSeen(
            id=charge["id"],
            amount=charge["amount"],
            currency=charge["currency"].upper(),
            status=charge["status"],
            created=_moment(charge["created"]),
            refunded=charge["amount_refunded"],
            refunds=tuple(RefundSeen(r["id"], r["amount"], r["status"]) for r in refunds),
            disputes=tuple(DisputeSeen(d["id"], d["amount"], d["status"]) for d in disputes),
            lines=tuple(line(each) for each in lines if isinstance(each, Mapping)),
        )

    def _refunds(self, charge: str) -> list[Thing]:
        expand = ["data.balance_transaction", "data.failure_balance_transaction"]
        rows = self.v1.refunds.list({"charge": charge, "limit": 100, "expand": expand})
        return [row.to_dict() for row in rows.auto_paging_iter()]

    def _marked(self, mark: Thing, **found: Any) -> Look:
        code, reference = str(mark.get("campaign", "")), str(mark.get("reference", ""))
        return Look(self.asked_at, code=code, reference=reference, lang=str(mark.get("lang", "en")), **found)

    def _nothing(self) -> Look:
        return Look(self.asked_at)


LOOKS: dict[str, Callable[[Reading, str], Look]] = {
    "session": Reading.session,
    "invoice": Reading.invoice,
    "charge": Reading.charge,
    "plan": Reading.plan,
    "payout": Reading.payout,
    "source": Reading.source,
}


def told_of(event: Thing) -> Told | None:
    """What to look at after such a report; None for one that is not acted on."""
    kind, thing = event["type"], event["data"]["object"]
    if kind not in LISTENS_TO:
        return None
    what, subject = THINGS.get(kind.partition(".")[0], "plan"), thing.get("id")
    if what == "charge" and thing.get("object") != "charge":  # a refund or a dispute
        subject = thing.get("charge") and _id(thing["charge"])
    if not isinstance(subject, str):
        return None
    return Told(event["id"], kind, what, subject, _moment(event["created"]))


def _plan(found: Thing) -> PlanSeen:
    item = found["items"]["data"][0]
    return PlanSeen(
        id=found["id"],
        customer=_id(found["customer"]),
        status=found["status"],
        amount=item["price"]["unit_amount"] * (item.get("quantity") or 1),
        currency=found["currency"].upper(),
        created=_moment(found["created"]),
        renews=_moment(item["current_period_end"]) if item.get("current_period_end") else None,
        ended=_moment(found["ended_at"]) if found.get("ended_at") else None,
    )


def is_over(look: Look) -> bool:
    return look.plan is not None and look.plan.status in {"canceled", "incomplete_expired"}


def _donor(charge: Thing, session: Thing | None = None, customer: Any = None) -> DonorSeen:
    """Of what the company knows, what was written last: on the page of payment, else with the card, else before."""
    known = [(session or {}).get("customer_details"), charge.get("billing_details"), customer]
    given = [each for each in known if isinstance(each, Mapping)]

    def first(name: str) -> Any:
        return next((each[name] for each in given if each.get(name)), None)

    address = first("address") or {}
    place = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    lines = (address.get("line1"), address.get("line2"), place, address.get("country"))
    written = tuple(filter(None, lines)) if address.get("line1") else ()
    return DonorSeen(str(first("email") or ""), str(first("name") or ""), written)


def line(found: Thing, payout: str | None = None) -> Line:
    return Line(
        id=found["id"],
        kind=found["type"],
        source=_id(found["source"]) if found.get("source") else "",
        created=_moment(found["created"]),
        available=_moment(found["available_on"]),
        amount=found["amount"],
        fee=found["fee"],
        net=found["net"],
        currency=found["currency"].upper(),
        payout=payout,
    )


def _id(thing: Any) -> str:
    return str(thing["id"] if isinstance(thing, Mapping) else thing)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
