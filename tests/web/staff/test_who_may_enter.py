"""Every route of staff against everybody who is not staff. A new route is walked without being named here."""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from campaign.app import create_app
from campaign.database import unit_of_work
from campaign.models.account import RoleName
from campaign.settings import read
from tests.databases import House
from tests.web.staff.people import Person, token_on

Open = Callable[..., Person]

KNOWN = {"slug": "a-slug", "reference": "TJ-2017-001-A1", "id": "1"}


def routes(app: Flask, audience: str) -> list[tuple[str, str]]:
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] == audience:
            found += [(method, path(rule)) for method in sorted(rule.methods or ()) if method in {"GET", "POST"}]
    assert len(found) > 0
    return found


def path(rule: Rule) -> str:
    values = {name: KNOWN.get(name, "a-word") for name in rule.arguments}
    built = rule.build({n: 1 if f"<int:{n}>" in rule.rule else v for n, v in values.items()})
    assert built
    return built[1]


def ask(person: Person, method: str, where: str, token: str) -> int:
    if method == "GET":
        return person.get(where).status_code
    return person.client.post(where, data={"csrf_token": token}).status_code


@pytest.mark.feature(96)
def test_every_page_of_staff_sends_strangers_to_the_door(app: Flask, opened: Open) -> None:
    stranger = opened("stranger@example.org")
    token = token_on(stranger.client, "/account/login")
    for method, where in routes(app, "staff"):
        assert ask(stranger, method, where, token) == 303, (method, where)


def test_every_page_of_staff_is_refused_to_campaigners(app: Flask, member: Open) -> None:
    leon = member("leon@example.org", RoleName.CAMPAIGNER)
    token = token_on(leon.client, "/account/")
    for method, where in routes(app, "staff"):
        assert ask(leon, method, where, token) == 403, (method, where)


@pytest.mark.feature(96)
def test_every_page_of_staff_is_refused_to_staff_without_a_second_factor(app: Flask, member: Open) -> None:
    nora = member("nora@example.org")
    with unit_of_work():
        nora.account.is_demonstration = False
    token = token_on(nora.client, "/account/")
    for method, where in routes(app, "staff"):
        assert ask(nora, method, where, token) == 403, (method, where)


def test_no_changing_route_of_staff_works_without_the_token_of_its_form(app: Flask, member: Open) -> None:
    nora = member("nora@example.org")
    for method, where in routes(app, "staff"):
        if method == "POST":
            assert nora.client.post(where).status_code == 400, where


def test_one_s_own_account_is_for_those_who_are_signed_in(app: Flask, opened: Open) -> None:
    stranger = opened("stranger@example.org")
    token = token_on(stranger.client, "/account/login")
    for method, where in routes(app, "accounts") + routes(app, "campaigners"):
        assert ask(stranger, method, where, token) == 303, (method, where)


def test_a_disabled_account_is_out_at_once(member: Open) -> None:
    nora = member("nora@example.org")
    with unit_of_work():
        nora.account.active = False
    assert nora.get("/staff").status_code == 303


@pytest.mark.parametrize("roles", ["public", "public,worker"])
def test_a_node_without_the_role_has_no_such_address(house: House, roles: str) -> None:
    app = create_app(read({**house.environ, "CAMPAIGN_ROLES": roles}))
    addresses = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    assert not addresses & {"staff", "account", "workspace"}
    assert app.test_client().get("/staff").status_code == 404


def test_a_page_that_is_not_there_looks_like_the_rest_of_the_signed_in_pages(member: Open) -> None:
    answer = member("nora@example.org").get("/staff/petitions/never-was")
    assert answer.status_code == 404
    assert "css/staff.css" in answer.text
    assert "Sign out" in answer.text
