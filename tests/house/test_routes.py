import pytest
from flask import Flask

from campaign.web.commits import CHANGING
from tests.house.rooms import ROOT, imports, name

AUDIENCES = {
    "public",
    "mailed",
    "accounts",
    "campaigners",
    "staff",
    "door",
    "callbacks",
    "mailbox",
    "security",
    "static",
}
OPEN = {"public", "mailed"}
SIGNED_IN = {"accounts", "campaigners", "staff"}
SESSION = {"flask.session", "flask_login", "flask_security", "flask_wtf.csrf"}

on_one_database = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def audience(rule):
    head, dot, _ = rule.endpoint.partition(".")
    return head if dot or head == "static" else None


def filled(app: Flask, rule):
    """An address under that rule, whatever stands at its end."""
    values = {}
    for argument in rule.arguments:
        kind = type(rule._converters[argument]).__name__
        values[argument] = 1 if kind == "IntegerConverter" else "x"
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


@on_one_database
def test_every_address_belongs_to_an_audience(app):
    assert {audience(rule) for rule in app.url_map.iter_rules()} <= AUDIENCES


@on_one_database
def test_no_form_of_the_open_audiences_is_taken_from_another_site(app, client):
    tried = 0
    for rule in app.url_map.iter_rules():
        if audience(rule) not in OPEN or rule.endpoint == "mailed.unsubscribe":
            continue
        for method in CHANGING & rule.methods:
            answer = client.open(filled(app, rule), method=method, headers={"Sec-Fetch-Site": "cross-site"})
            assert answer.status_code == 403, f"{method} {rule}"
            tried += 1
    assert tried >= 4


@pytest.mark.feature(19)
def test_the_open_audiences_know_no_session():
    for room in ("public", "mailed"):
        for path in (ROOT / "campaign/web" / room).glob("**/*.py"):
            used = {each for each in imports(path) if any(each == s or each.startswith(s + ".") for s in SESSION)}
            assert used == set(), name(path)


@on_one_database
def test_nobody_enters_the_signed_in_areas_without_signing_in(app, client):
    tried = 0
    for rule in app.url_map.iter_rules():
        if audience(rule) not in SIGNED_IN:
            continue
        for method in sorted({"GET", *CHANGING} & rule.methods):
            answer = client.open(filled(app, rule), method=method)
            assert answer.status_code in {302, 303, 400, 401, 403}, f"{method} {rule}: {answer.status_code}"
            if answer.status_code in {302, 303}:
                assert "/account/" in answer.headers["Location"] or "/login" in answer.headers["Location"]
            tried += 1
    if not tried:
        pytest.skip("this site has no signed-in areas")
