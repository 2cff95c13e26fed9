"""The double and the library: the same calls, the same parameters, the same objects."""

import ast
import re
from pathlib import Path

import pytest
import stripe

from tests.stripe_double.calls import CALLS
from tests.stripe_double.judging import judge, read
from tests.stripe_double.refusals import Refused
from tests.stripe_double.running import StripeDouble, client_of, open_session
from tests.stripe_double.shapes import faults

LIBRARY = Path(stripe.__file__).parent
SECTIONS = ("", "checkout", "billing_portal", "test_helpers")


@pytest.fixture(scope="module")
def double():
    double = StripeDouble().start()
    yield double
    double.stop()


@pytest.fixture(scope="module")
def client(double):
    return client_of(double)


def calls_of_the_library():
    """Of each service: method, path with holes, and the name of the typed parameters."""
    found = {}
    for path in (file for section in SECTIONS for file in (LIBRARY / section).glob("_*_service.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                words = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                urls = [each for each in words if isinstance(each, str) and each.startswith("/v1/")]
                verbs = [each for each in words if each in ("get", "post", "delete")]
                types = [each.annotation for each in node.args.args if each.arg == "params"]
                if urls and verbs and types:
                    named = re.search(r"\w+Params", ast.unparse(types[0]))
                    found[verbs[0].upper(), re.sub(r"\{\w+\}", "X", urls[0])] = named and named.group()
    return found


def test_each_call_takes_the_parameters_that_the_library_sends_there():
    known = calls_of_the_library()
    ours = {(c.method, c.pattern.pattern.replace("([^/]+)", "X")): c.params.__name__ for c in CALLS}
    assert len(ours) > 40
    assert {call: known.get(call) for call in ours} == ours


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
        ({"submit_type": "gift"}, "submit_type", None),
        ({"payment_intent_data": {"invoice": "x"}}, "payment_intent_data[invoice]", "parameter_unknown"),
        ({"payment_intent_data": {"statement_descriptor_suffix": "A" * 23}}, None, None),
        ({"payment_intent_data": {"statement_descriptor": "FUND"}}, "payment_intent_data[statement_descriptor]", None),
        ({"subscription_data": {"description": "x"}}, "subscription_data", None),
        ({"success_url": ""}, "success_url", "parameter_invalid_empty"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"metadata": {"k": {"deep": "v"}}}, "metadata", "parameter_invalid_hash"),
        ({"expires_at": 5}, "expires_at", None),
        ({"customer": "cus_none"}, None, "parameters_exclusive"),
        ({"line_items": [{"quantity": 1}]}, "line_items[0][price]", "parameter_missing"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"unit_amount": 500, "product_data": {"name": "Gift"}}}]},
            "line_items[0][price_data][currency]",
            "parameter_missing",
        ),
    ],
)
def test_a_wrong_call_is_refused_with_the_name_of_what_is_wrong(client, change, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        open_session(client, **change)
    assert refused.value.http_status == 400
    assert (refused.value.error.type, refused.value.code) == ("invalid_request_error", code)
    assert param is None or refused.value.param == param


@pytest.mark.parametrize(
    ("amount", "currency", "passes"),
    [
        *[(50, "eur", True), (49, "eur", False), (0, "eur", False), (-5, "eur", False), (10.5, "eur", False)],
        *[("1e3", "eur", False), (50, "jpy", True), (49, "jpy", False), (10**8, "eur", False), (500, "xxx", False)],
    ],
)
def test_amounts_are_whole_and_within_bounds(client, amount, currency, passes):
    if passes:
        session = open_session(client, amount=amount, currency=currency)
        assert (session.amount_total, session.currency, session.status) == (amount, currency, "open")
    else:
        with pytest.raises(stripe.InvalidRequestError):
            open_session(client, amount=amount, currency=currency)


def test_a_list_of_values_is_closed_although_the_library_leaves_it_open():
    params = next(call.params for call in CALLS if call.params.__name__ == "RefundCreateParams")
    assert judge(read("reason=duplicate&amount=5"), params) == {"reason": "duplicate", "amount": 5}
    for wrong in ("reason=because", "amount=five", "amount[a]=5", "refund=re_1", "charge="):
        with pytest.raises(Refused):
            judge(read(wrong), params)


def test_every_object_is_as_the_library_has_it(client, double):
    for mode in ("payment", "subscription"):
        double.control("pay", session=open_session(client, mode=mode).id)
    first = double.control("books")["objects"]["charge"][0]["id"]
    double.control("refund", charge=first, amount=100)
    double.control("dispute", charge=first)
    double.control("clock", seconds=40 * 86400)
    seen = set()
    for event in double.events():
        seen.add(event["data"]["object"]["object"])
        assert faults(event) + faults(event["data"]["object"]) == []
    for kind, rows in double.control("books")["objects"].items():
        seen.add(kind)
        assert [fault for row in rows for fault in faults(row)] == []
    assert seen >= {"charge", "refund", "dispute", "invoice", "subscription", "payout", "balance_transaction"}


def test_the_lesser_calls_answer_as_the_library_has_it(client, double):
    v1 = client.v1
    donor = v1.customers.create({"email": "a@b.example", "metadata": {"code": "k7"}})
    assert v1.customers.update(donor.id, {"metadata": {"code": ""}, "name": "Ana"}).metadata.to_dict() == {}
    product = v1.products.create({"name": "Gift"})
    every = {"interval": "month"}
    price = v1.prices.create({"currency": "eur", "unit_amount": 900, "product": product.id, "recurring": every})
    session = open_session(
        client, mode="subscription", customer=donor.id, line_items=[{"price": price.id, "quantity": 2}]
    )
    assert v1.checkout.sessions.line_items.list(session.id).data[0].amount_total == 1800
    double.control("pay", session=session.id, number="4000000000000341")
    sub = v1.subscriptions.list(
        {"customer": donor.id, "price": price.id, "expand": ["data.default_payment_method"]}
    ).data[0]
    assert sub.default_payment_method.card.last4 == "0341"
    assert v1.payment_methods.retrieve(sub.default_payment_method.id).customer == donor.id
    double.control("clock", seconds=33 * 86400)
    late = v1.invoices.list({"subscription": sub.id, "status": "open"}).data[0]
    with pytest.raises(stripe.CardError):
        v1.invoices.pay(late.id)
    assert v1.subscriptions.update(sub.id, {"cancel_at_period_end": True}).cancel_at
    assert v1.subscriptions.cancel(sub.id, {"cancellation_details": {"comment": "moved"}}).status == "canceled"
    assert v1.subscriptions.list({"customer": donor.id}).data == []
    assert v1.balance.retrieve().available
    assert v1.customers.delete(donor.id).deleted
    with pytest.raises(stripe.APIError, match="does not act on"):
        open_session(client, allow_promotion_codes=True, discounts=[{"coupon": "x"}])


def test_what_has_moved_away_in_this_version_would_be_found(client, double):
    sub, invoice = (double.control("books")["objects"][kind][0] for kind in ("subscription", "invoice"))
    assert faults(sub) == []
    assert faults(sub | {"current_period_end": 1}) == ["subscription.current_period_end is unknown"]
    assert faults(invoice | {"subscription": "sub_1"}) == ["invoice.subscription is unknown"]
    assert faults(invoice | {"status": "settled"}) == ["invoice.status may not be 'settled'"]
    assert faults(invoice | {"total": "12"}) == ["invoice.total may not be '12'"]
    assert faults({name: value for name, value in sub.items() if name != "items"}) == ["subscription.items is missing"]
