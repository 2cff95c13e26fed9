"""Money moves: test cards and bank accounts, payment intents, charges, and the fees that Stripe keeps."""

from dataclasses import dataclass
from typing import Any

from tests.stripe_double import amounts
from tests.stripe_double.double import DAY, Double
from tests.stripe_double.shapes import shape


@dataclass(frozen=True)
class Means:
    """How a card or an account behaves: the reason of its refusal, if any, when present and when absent."""

    refuses: str = ""
    refuses_later: str = ""  # when the donor is not there
    asks: bool = False  # the bank wants to see the donor
    disputed: bool = False
    returns: bool = True  # takes refunds


GOOD = Means()
CARDS = {
    "4242424242424242": GOOD,
    "5555555555554444": GOOD,
    "4000000000000002": Means(refuses="generic_decline"),
    "4000000000009995": Means(refuses="insufficient_funds"),
    "4000000000000069": Means(refuses="expired_card"),
    "4000000000000127": Means(refuses="incorrect_cvc"),
    "4000000000000341": Means(refuses_later="generic_decline"),
    "4000002500003155": Means(asks=True),
    "4000002760003184": Means(asks=True, refuses_later="authentication_required"),
    "4000000000000259": Means(disputed=True),
    "4000000000005126": Means(returns=False),
}
ACCOUNTS = {"DE89370400440532013000": GOOD, "DE62370400440532013001": Means(refuses="insufficient_funds")}
CODES = {"expired_card", "incorrect_cvc", "authentication_required"}  # the others are "card_declined"
SAID = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


def method(d: Double, live: bool, number: str, email: str | None, name: str | None, customer: str | None) -> Any:
    """What the donor typed, kept as a payment method; None if it is no number that the double knows."""
    number = number.replace(" ", "")
    person = {"billing_details": {"email": email, "name": name, "address": {}}}
    common = {"customer": customer, "created": d.now(customer), "allow_redisplay": "limited", **person}
    if number in ACCOUNTS:
        account = {"bank_code": number[4:12], "country": "DE", "fingerprint": number[-16:], "last4": number[-4:]}
        return d.add("payment_method", live, {"number": number}, type="sepa_debit", sepa_debit=account, **common)
    if number not in CARDS:
        return None
    card = {
        "brand": "mastercard" if number[0] == "5" else "visa", "exp_month": 12, "exp_year": 2034, "funding": "credit",
        "last4": number[-4:], "country": "US", "fingerprint": number[-16:], "checks": {"cvc_check": "pass"},
        "networks": {"available": ["visa"]}, "three_d_secure_usage": {"supported": True}, "display_brand": "visa",
    }  # fmt: skip
    return d.add("payment_method", live, {"number": number}, type="card", card=card, **common)


def means(d: Double, payment_method: str) -> Means:
    number = d.hidden[payment_method]["number"]
    return CARDS.get(number) or ACCOUNTS[number]


def intent(d: Double, live: bool, amount: int, currency: str, customer: str | None, **given: Any) -> dict[str, Any]:
    """A payment that is to be made; not tried yet."""
    key = d.key("payment_intent", live)
    made = d.add(
        "payment_intent", live, id=key, amount=amount, amount_capturable=0, amount_received=0, currency=currency,
        capture_method="automatic_async", confirmation_method="automatic", client_secret=f"{key}_secret_{key[-10:]}",
        customer=customer, status="requires_payment_method", payment_method_types=["card", "sepa_debit"],
        created=d.now(customer), amount_details={"tip": {}}, **given,
    )  # fmt: skip
    d.emit("payment_intent.created", made)
    return made


def attempt(d: Double, pi: dict[str, Any], pm: dict[str, Any], present: bool, shown: bool = False) -> str:
    """Tries to take the money. `present`: the donor is there; `shown`: and has answered her bank."""
    known = means(d, pm["id"])
    pi["payment_method"] = pm["id"]
    if pm["type"] == "sepa_debit":
        charge = _charge(d, pi, pm, "pending")
        later = d.now(pi["customer"]) + (3 if known.refuses else 5) * DAY
        d.hidden[pi["id"]] |= {"settles": later, "reason": known.refuses}
        pi |= {"status": "processing", "next_action": None}
        d.emit("charge.pending", charge)
        d.emit("payment_intent.processing", pi)
    elif known.asks and present and not shown:
        address = f"{d.base}/c/bank/{pi['id']}"
        pi["status"] = "requires_action"
        pi["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": address, "return_url": d.base}}
        pi["next_action"]["redirect_to_url"] = dict(sorted(pi["next_action"]["redirect_to_url"].items()))
        d.emit("payment_intent.requires_action", pi)
    elif reason := known.refuses or ("" if present else known.refuses_later):
        _fail(d, pi, pm, reason)
    else:
        _succeed(d, pi, _charge(d, pi, pm, "succeeded"))
    return str(pi["status"])


def refuse(d: Double, pi: dict[str, Any]) -> None:
    """The donor did not show herself to her bank."""
    pm = d.objects[pi["payment_method"]]
    _fail(d, pi, pm, "generic_decline")
    pi["last_payment_error"]["code"] = "payment_intent_authentication_failure"


def _succeed(d: Double, pi: dict[str, Any], charge: dict[str, Any]) -> None:
    pi |= {"status": "succeeded", "amount_received": pi["amount"], "latest_charge": charge["id"]}
    pi |= {"next_action": None, "last_payment_error": None}
    d.emit("charge.succeeded", charge)
    d.emit("payment_intent.succeeded", pi)


def _fail(d: Double, pi: dict[str, Any], pm: dict[str, Any], reason: str, charge: Any = None) -> None:
    code = reason if reason in CODES else "card_declined"
    charge = charge or _charge(d, pi, pm, "failed")
    charge |= {"status": "failed", "paid": False, "failure_code": code, "failure_message": SAID[reason]}
    charge["captured"], charge["amount_captured"] = False, 0
    outcome = charge["outcome"]
    outcome |= {"type": "issuer_declined", "network_status": "declined_by_network", "reason": reason}
    error = {
        "type": "card_error", "code": code, "decline_code": reason, "message": SAID[reason], "charge": charge["id"],
        "payment_method": pm,
    }  # fmt: skip
    whole = shape("payment_intent", **(pi | {"last_payment_error": error}))
    pi["last_payment_error"] = {name: value for name, value in whole["last_payment_error"].items() if value is not None}
    pi |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    d.emit("charge.failed", charge)
    d.emit("payment_intent.payment_failed", pi)


def _charge(d: Double, pi: dict[str, Any], pm: dict[str, Any], status: str) -> dict[str, Any]:
    amount, paid = pi["amount"], status == "succeeded"
    kept = ("amount_authorized", "brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    details: dict[str, Any] = {"type": pm["type"]}
    if pm["type"] == "card":
        known = {name: pm["card"][name] for name in kept if name in pm["card"]}
        details["card"] = known | {"network": "visa", "checks": {"cvc_check": "pass"}, "amount_authorized": amount}
    else:
        details["sepa_debit"] = {name: pm["sepa_debit"][name] for name in ("bank_code", "country", "last4")}
    outcome = {"type": "authorized", "network_status": "approved_by_network", "seller_message": "Payment complete."}
    outcome |= {"risk_level": "normal", "risk_score": 12}
    suffix = pi["statement_descriptor_suffix"]
    made = d.add(
        "charge", d.is_live(pi), amount=amount, amount_captured=amount if paid else 0, amount_refunded=0,
        billing_details=pm["billing_details"], captured=paid, currency=pi["currency"], customer=pi["customer"],
        calculated_statement_descriptor=(d.settings["prefix"] + (f"* {suffix}" if suffix else ""))[:22],
        statement_descriptor_suffix=suffix, description=pi["description"], metadata=dict(pi["metadata"]), paid=paid,
        outcome=outcome, payment_intent=pi["id"], payment_method=pm["id"], payment_method_details=details,
        status=status, receipt_email=pi["receipt_email"], created=d.now(pi["customer"]),
        receipt_url=f"{d.base}/receipts/{pi['id']}" if paid else None, fraud_details={}, radar_options={},
    )  # fmt: skip
    pi["latest_charge"] = made["id"]
    return made


def settle(d: Double, pi: dict[str, Any]) -> bool:
    """A bank debit reaches its end. Whether it brought money."""
    reason = d.hidden[pi["id"]].pop("reason")
    d.hidden[pi["id"]].pop("settles")
    charge, pm = d.objects[pi["latest_charge"]], d.objects[pi["payment_method"]]
    if reason:
        _fail(d, pi, pm, reason, charge)
        return False
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
    _succeed(d, pi, charge)
    return True


def fees(d: Double, charge: dict[str, Any], late: bool = True) -> None:
    """What of a charge arrives on the account; told a moment after the charge itself."""
    if charge["balance_transaction"] or charge["status"] != "succeeded" or (d.settings["late_fees"] and late):
        return
    amount, currency, rate = amounts.settled(charge["amount"], charge["currency"])
    fee = amounts.fee(amount, currency)
    known = "Stripe processing fees"
    with d.changing("charge.updated", charge):
        made = move(d, charge, "charge", amount, currency, fee, rate, said=known, about=charge["description"])
        charge["balance_transaction"] = made["id"]
    if means(d, charge["payment_method"]).disputed:
        from tests.stripe_double.disputes import open_dispute

        open_dispute(d, charge, "fraudulent")


def move(
    d: Double, source: dict[str, Any], kind: str, amount: int, currency: str, fee: int = 0, rate: float | None = None,
    said: str = "", about: str | None = None, category: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A balance transaction: one movement on the account."""
    now = d.now(source.get("customer"))
    parts = [{"amount": fee, "application": None, "currency": currency, "description": said, "type": "stripe_fee"}]
    waits = d.settings["available_after"] if kind == "charge" else 0
    return d.add(
        "balance_transaction", d.is_live(source), amount=amount, available_on=now + waits, balance_type="payments",
        created=now, currency=currency, exchange_rate=rate, fee=fee, fee_details=parts if fee else [],
        net=amount - fee, reporting_category=category or kind, source=source["id"], type=kind, description=about,
        status="pending" if waits else "available",
    )  # fmt: skip
