"""What a donor sees at Stripe: the pay page, her bank, and the billing portal. Plain forms, without script."""

from html import escape
from typing import Any

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from tests.stripe_double import giving, portal
from tests.stripe_double.amounts import spoken
from tests.stripe_double.double import Double

SHOWN = "{CHECKOUT_SESSION_ID}"
WORDS = {"donate": "Donate", "subscribe": "Subscribe", "book": "Book"}


def page(title: str, body: str, status: int = 200) -> Response:
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
    return Response(
        f"{head}<body><main><h1>{escape(title)}</h1>{body}</main></body></html>", status, mimetype="text/html"
    )


def field(label: str, name: str, value: str = "", kind: str = "text", more: str = "") -> str:
    told = f'<input type="{kind}" id="{name}" name="{name}" value="{escape(value)}" {more}>'
    return f'<p><label for="{name}">{escape(label)}</label><br>{told}</p>'


def button(label: str, name: str = "", value: str = "") -> str:
    return f'<p><button name="{name or "go"}" value="{escape(value)}">{escape(label)}</button></p>'


def form(inner: str) -> str:
    return f'<form method="post">{inner}</form>'


def answer(d: Double, request: Request) -> Response:
    match request.path.strip("/").split("/"):
        case ["c", "pay", key] if key in d.objects:
            return _pay(d, request, d.objects[key])
        case ["c", "bank", key] if key in d.objects:
            return _bank(d, request, d.objects[key])
        case ["p", "session", key] if key in d.objects:
            return _portal(d, request, d.objects[key])
    return page("Page not found", "<p>There is nothing here.</p>", 404)


def success(session: dict[str, Any]) -> str:
    return str(session["success_url"]).replace(SHOWN, session["id"])


def _pay(d: Double, request: Request, session: dict[str, Any]) -> Response:
    if session["status"] == "complete":
        back = f'<p><a href="{escape(success(session))}">Return</a></p>'
        return page("You have already paid", f"<p>This checkout session is complete.</p>{back}")
    if session["status"] == "expired" or session["expires_at"] <= d.now(session["customer"]):
        return page("This checkout session has expired", "<p>Nothing was charged.</p>", 410)
    said = ""
    if request.method == "POST":
        given = request.form
        number = given.get("iban", "") if given.get("method") == "sepa_debit" else given.get("number", "")
        said = giving.pay(d, session, number, given.get("email", ""), given.get("name", ""), given.get("country"))
        pi = d.objects.get(d.hidden[session["id"]].get("intent", ""))
        if not said and pi and pi["status"] == "requires_action":
            return redirect(f"/c/bank/{pi['id']}", 303)
        if not said:
            return redirect(success(session), 303)
    return page("Checkout", _pay_form(d, request, session, said), 402 if said else 200)


def _pay_form(d: Double, request: Request, session: dict[str, Any], said: str) -> str:
    lines = [d.objects[each] for each in d.hidden[session["id"]]["items"]]
    rows = "".join(f"<li>{escape(line['description'])}: {_price(line)}</li>" for line in lines)
    known = d.objects.get(session["customer"] or "", {}).get("email") or session["customer_email"]
    email = known or request.form.get("email", "")
    body = f"<ul>{rows}</ul>" + (f'<p role="alert">{escape(said)}</p>' if said else "")
    body += f"<p>{escape(session['client_reference_id'] or '')}</p>"
    inner = field("Email", "email", email, "email", "required" + (" readonly" if known else ""))
    if "sepa_debit" in session["payment_method_types"]:
        inner += _choice("card", "Card", "checked") + _choice("sepa_debit", "Bank debit (paid in some days)", "")
    inner += field("Card number", "number", more='inputmode="numeric" autocomplete="off"')
    inner += field("Expiry", "expiry", "12/34") + field("CVC", "cvc", "123")
    inner += field("Name on card", "name", request.form.get("name", "")) + field("Country", "country", "DE")
    if "sepa_debit" in session["payment_method_types"]:
        inner += field("IBAN", "iban")
    inner += button(
        WORDS.get(session["submit_type"] or "", "Subscribe" if session["mode"] == "subscription" else "Pay")
    )
    back = session["cancel_url"]
    return body + form(inner) + (f'<p><a href="{escape(back)}">Back</a></p>' if back else "")


def _choice(value: str, label: str, more: str) -> str:
    told = f'<input type="radio" name="method" id="method-{value}" value="{value}" {more}>'
    return f'<p>{told}<label for="method-{value}">{label}</label></p>'


def _price(line: dict[str, Any]) -> str:
    every = line["price"]["recurring"]
    return spoken(line["amount_total"], line["currency"]) + (f" each {every['interval']}" if every else "")


def _bank(d: Double, request: Request, pi: dict[str, Any]) -> Response:
    """The donor's bank asks whether it is she."""
    if request.method == "POST":
        session = giving.answer_bank(d, pi, request.form.get("answer") == "complete")
        return redirect(success(session) if session["status"] == "complete" else f"/c/pay/{session['id']}", 303)
    inner = f"<p>{escape(spoken(pi['amount'], pi['currency']))}</p>"
    inner += form(button("Complete", "answer", "complete") + button("Fail", "answer", "fail"))
    return page("Your bank asks: is it you who pays?", inner)


def _portal(d: Double, request: Request, session: dict[str, Any]) -> Response:
    if not portal.is_open(d, session):
        return page("This page has expired", "<p>Ask for a new link.</p>", 410)
    d.hidden[session["id"]]["seen"] = True
    said = ""
    if request.method == "POST":
        said = _portal_act(d, session, request.form.get("act", ""), request.form)
        after = (session["flow"] or {}).get("after_completion") or {}
        if not said and after.get("type") == "redirect":
            return redirect(after["redirect"]["return_url"], 303)
        if not said:
            return redirect(request.path, 303)
    return page("Billing", (f'<p role="alert">{escape(said)}</p>' if said else "") + _portal_body(d, session))


def _portal_act(d: Double, session: dict[str, Any], act: str, given: Any) -> str:
    verb, _, key = act.partition(" ")
    if verb in ("end", "go_on"):
        portal.end(d, session, key, verb == "end")
        return ""
    return portal.change_card(d, session, given.get("number", ""))


def _portal_body(d: Double, session: dict[str, Any]) -> str:
    body = ""
    for sub in portal.subscriptions(d, session):
        line = sub["items"]["data"][0]
        amount = spoken(line["price"]["unit_amount"] * line["quantity"], sub["currency"])
        told = "ends at the end of the period" if sub["cancel_at_period_end"] else sub["status"]
        body += f"<h2>{escape(amount)} each {line['price']['recurring']['interval']}</h2><p>{told}</p>"
        name = ("Don't cancel subscription", "go_on") if sub["cancel_at_period_end"] else ("Cancel subscription", "end")
        body += form(button(name[0], "act", f"{name[1]} {sub['id']}"))
    body += form(field("Card number", "number") + button("Update card", "act", "card"))
    back = session["return_url"]
    return body + (f'<p><a href="{escape(back)}">Return</a></p>' if back else "")
