"""Money goes back: refunds, by call or from the dashboard, and disputes."""

from decimal import Decimal
from typing import Any

from tests.stripe_double import amounts, paying
from tests.stripe_double.double import DAY, Double
from tests.stripe_double.refusals import Refused, exclusive, not_built, required


def _share(d: Double, charge: dict[str, Any], amount: int) -> tuple[int, str, float | None]:
    """That part of a charge in the currency in which it arrived, to the last cent."""
    paying.fees(d, charge, late=False)
    arrived = d.objects[charge["balance_transaction"]]
    if amount == charge["amount"]:
        return arrived["amount"], arrived["currency"], arrived["exchange_rate"]
    gone = charge["amount_refunded"]
    upto = amounts.rounded(Decimal(arrived["amount"]) * (gone + amount) / charge["amount"])
    before = amounts.rounded(Decimal(arrived["amount"]) * gone / charge["amount"])
    return upto - before, arrived["currency"], arrived["exchange_rate"]


def refund(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    """Gives back the whole charge, or the amount given."""
    for name in params.keys() - {"amount", "charge", "payment_intent", "reason", "metadata", "expand"}:
        raise not_built(f"refunds with {name}")
    if "charge" in params and "payment_intent" in params:
        raise exclusive("charge", "payment_intent")
    charge = _charge_of(d, live, params)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise Refused(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if left == 0:
        told = f"Charge {charge['id']} has already been refunded."
        raise Refused(told, code="charge_already_refunded")
    amount = params.get("amount", left)
    if amount < 1:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        told = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refused(told, param="amount")
    return _give_back(d, charge, amount, params)


def _charge_of(d: Double, live: bool, params: dict[str, Any]) -> dict[str, Any]:
    if "charge" in params:
        charge = d.find("charge", params["charge"], live, "charge")
    elif "payment_intent" in params:
        pi = d.find("payment_intent", params["payment_intent"], live, "payment_intent")
        charge = d.objects.get(pi["latest_charge"] or "") or {"status": "none", "id": pi["id"]}
    else:
        raise required("charge")
    if charge["status"] != "succeeded":
        told = f"{charge['id']} does not have a successful charge to refund."
        raise Refused(
            told, code="payment_intent_unexpected_state" if "payment_intent" in params else "charge_not_refundable"
        )
    return charge


def _give_back(d: Double, charge: dict[str, Any], amount: int, params: dict[str, Any]) -> dict[str, Any]:
    share, currency, rate = _share(d, charge, amount)
    details = {"type": "card", "card": {"type": "refund", "reference_status": "pending"}}
    if charge["payment_method_details"]["type"] != "card":
        details = {"type": "eu_bank_transfer", "eu_bank_transfer": {}}
    made = d.add(
        "refund", d.is_live(charge), amount=amount, charge=charge["id"], payment_intent=charge["payment_intent"],
        currency=charge["currency"], reason=params.get("reason"), metadata=params.get("metadata", {}),
        status="succeeded", destination_details=details, created=d.now(charge["customer"]), customer=charge["customer"],
        payment_method=charge["payment_method"],
    )  # fmt: skip
    moved = paying.move(d, made, "refund", -share, currency, rate=rate, about="REFUND FOR CHARGE")
    made["balance_transaction"] = moved["id"]
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    d.emit("refund.created", made)
    d.emit("charge.refunded", charge, before)
    d.emit("charge.refund.updated", made, {"destination_details": None})
    if not paying.means(d, charge["payment_method"]).returns:
        fail_refund(d, made)
    return made


def fail_refund(d: Double, made: dict[str, Any]) -> dict[str, Any]:
    """The bank would not take it: the money is on the account again."""
    if made["status"] != "succeeded":
        raise Refused(f"Refund {made['id']} is {made['status']}")
    charge, moved = d.objects[made["charge"]], d.objects[made["balance_transaction"]]
    back = paying.move(d, made, "refund_failure", -moved["amount"], moved["currency"], about="REFUND FAILURE")
    with d.changing("charge.updated", charge):
        charge["amount_refunded"] -= made["amount"]
        charge["refunded"] = False
    before = dict(made)
    made |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": back["id"],
    }
    d.emit("refund.updated", made, before)
    d.emit("refund.failed", made)
    return made


def open_dispute(d: Double, charge: dict[str, Any], reason: str = "fraudulent", amount: int = 0) -> dict[str, Any]:
    """The donor's bank takes the money back, and a fee, until it is decided."""
    if charge["disputed"] or charge["status"] != "succeeded":
        raise Refused(f"Charge {charge['id']} cannot be disputed")
    amount = amount or charge["amount"] - charge["amount_refunded"]
    share, currency, rate = _share(d, charge, amount)
    now = d.now(charge["customer"])
    until = {"due_by": now + 7 * DAY, "has_evidence": False, "past_due": False, "submission_count": 0}
    until["submission_method"] = "not_submitted"
    card = {"brand": "visa", "network": "visa", "network_reason_code": "10.4", "case_type": "chargeback"}
    details = {"type": "card", "card": card} if charge["payment_method_details"]["type"] == "card" else None
    made = d.add(
        "dispute", d.is_live(charge), amount=amount, charge=charge["id"], currency=charge["currency"], reason=reason,
        payment_intent=charge["payment_intent"], status="needs_response", is_charge_refundable=False, created=now,
        evidence={"enhanced_evidence": {}}, evidence_details=until | {"enhanced_eligibility": {}},
        payment_method_details=details, network_reason_code="10.4",
    )  # fmt: skip
    charge["disputed"] = True
    d.emit("charge.dispute.created", made)
    with d.changing("charge.dispute.funds_withdrawn", made):
        fee = amounts.dispute_fee(currency)
        about = f"Chargeback withdrawal for {charge['id']}"
        moved = paying.move(d, made, "adjustment", -share, currency, fee, rate, "Dispute fee", about, "dispute")
        made["balance_transactions"] = [*made["balance_transactions"], dict(moved)]
    return made


def close_dispute(d: Double, made: dict[str, Any], won: bool) -> dict[str, Any]:
    if made["status"] in ("won", "lost"):
        raise Refused(f"Dispute {made['id']} is closed")
    before = {"status": made["status"]}
    made["status"] = "won" if won else "lost"
    d.emit("charge.dispute.closed", made, before)
    if won:
        with d.changing("charge.dispute.funds_reinstated", made):
            gone = made["balance_transactions"][0]
            back = paying.move(
                d, made, "adjustment", -gone["amount"], gone["currency"], said="", about="Chargeback reversal",
                category="dispute_reversal", fee=-gone["fee"],
            )  # fmt: skip
            made["balance_transactions"] = [*made["balance_transactions"], dict(back)]
    return made
