"""A donor pays on the hosted page: what becomes of the session, the customer and the subscription."""

from typing import Any

from tests.stripe_double import checkout, paying, subscribing
from tests.stripe_double.double import Double

INVALID = "Your card number is invalid."


def pay(d: Double, session: dict[str, Any], number: str, email: str, name: str, country: str | None = None) -> str:
    """Empty when the page may go on; otherwise what it says to the donor."""
    live, known = d.is_live(session), d.hidden[session["id"]]
    customer = _customer(d, session, session["customer_email"] or email, name or None, country)
    email = known["donor"]["email"]
    pm = paying.method(d, live, number, email, name or None, customer)
    if pm is None or pm["type"] not in session["payment_method_types"]:
        return INVALID
    pi = d.objects.get(known.get("intent", "")) or _intent(d, session, customer)
    known["intent"] = pi["id"]
    if session["mode"] == "payment":
        session["payment_intent"] = pi["id"]
    status = paying.attempt(d, pi, pm, present=True)
    if status == "requires_payment_method":
        return str(pi["last_payment_error"]["message"])
    if status == "requires_action":
        known["paying"] = True
        return ""
    complete(d, session, pi)
    return ""


def _customer(d: Double, session: dict[str, Any], email: str, name: str | None, country: str | None) -> str | None:
    """Of the session, or made now if it wants one; a donor who tries twice is one customer."""
    known, live = d.hidden[session["id"]], d.is_live(session)
    known["donor"] = {"email": email, "name": name, "country": country}
    if session["customer"]:
        known["customer"] = session["customer"]
        kept = d.objects[session["customer"]]
        known["donor"] |= {"email": kept["email"] or email, "name": kept["name"] or name}
    elif "customer" not in known and (session["mode"] == "subscription" or session["customer_creation"] == "always"):
        known["customer"] = checkout.customer(d, live, email=email, name=name)["id"]
    found: str | None = known.get("customer")
    return found


def _intent(d: Double, session: dict[str, Any], customer: str | None) -> dict[str, Any]:
    live, amount, currency = d.is_live(session), session["amount_total"], session["currency"]
    if session["mode"] == "subscription":
        given: dict[str, Any] = {"description": "Subscription creation", "setup_future_usage": "off_session"}
    else:
        given = dict(d.hidden[session["id"]]["data"])
    pi = paying.intent(d, live, amount, currency, customer, **given)
    d.hidden[pi["id"]]["session"] = session["id"]
    return pi


def answer_bank(d: Double, pi: dict[str, Any], agrees: bool) -> dict[str, Any]:
    """The donor has been with her bank. The session, complete or open as before."""
    session = d.objects[d.hidden[pi["id"]]["session"]]
    if pi["status"] != "requires_action" or session["status"] != "open":
        return session
    d.hidden[session["id"]]["paying"] = False
    if not agrees:
        paying.refuse(d, pi)
    else:
        status = paying.attempt(d, pi, d.objects[pi["payment_method"]], present=True, shown=True)
        if status == "succeeded":
            complete(d, session, pi)
    return session


def complete(d: Double, session: dict[str, Any], pi: dict[str, Any]) -> None:
    known = d.hidden[session["id"]]
    donor, customer = known["donor"], known.get("customer")
    charge, pm = d.objects[pi["latest_charge"]], d.objects[pi["payment_method"]]
    session["customer"] = customer
    session["customer_details"] = checkout.details(donor["email"], donor["name"], donor["country"])
    if session["mode"] == "subscription":
        pm["customer"] = customer
        d.emit("payment_method.attached", pm)
        session["subscription"] = subscribing.start(d, session, customer, pi)["id"]
        session["invoice"] = d.hidden[pi["id"]]["invoice"]
    known["paying"] = False
    session |= {"status": "complete", "url": None}
    session["payment_status"] = "paid" if pi["status"] == "succeeded" else "unpaid"
    d.emit("checkout.session.completed", session)
    paying.fees(d, charge)
