"""When something goes wrong: the runbook, its clock, and the acts of admins that work at once."""

import re
from datetime import timedelta

import pytest

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import journalling, switching
from campaign.domain.journalling import Asked
from campaign.domain.upkeep import exporting, responding
from campaign.models.petition import Petition
from campaign.models.site import Switch
from tests.make import NOON
from tests.web.staff.people import Person

PAGES = ("", "/breach", "/legal-demand", "/keys", "/restored")
BREACH = "/staff/runbook/breach"


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_every_page_of_the_runbook_leads_to_pages_that_are_there(
    nora: Person, samir: Person, petition: Petition
) -> None:
    for page in PAGES:
        text = nora.get(f"/staff/runbook{page}").text
        main = text.partition("<main")[2].partition("</main>")[0]
        for where in set(re.findall(r'href="(/[^"#]*)', main)):
            assert samir.get(where.replace("&amp;", "&")).status_code == 200, (page, where)
    assert 'Names of signers</th><td class="n">3<' in nora.get(BREACH).text
    assert "set CAMPAIGN_LAWYER" in nora.get("/staff/runbook/legal-demand").text


def test_the_clock_of_72_hours_starts_at_the_moment_somebody_first_knew(nora: Person) -> None:
    noticed = now() - timedelta(hours=5, minutes=10)
    bad = nora.send(f"{BREACH}/noticed", BREACH, noticed="yesterday evening")
    assert (bad.status_code, "yesterday evening" in bad.text) == (422, True)
    later = (now() + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")
    assert nora.send(f"{BREACH}/noticed", BREACH, noticed=later).status_code == 422
    assert nora.send(f"{BREACH}/noticed", BREACH, noticed=noticed.strftime("%Y-%m-%d %H:%M")).status_code == 303
    assert "66 hours left" in nora.get(BREACH).text
    again = nora.send(f"{BREACH}/noticed", BREACH, noticed=noticed.strftime("%Y-%m-%d %H:%M"))
    assert again.status_code == 409
    assert nora.send(f"{BREACH}/settled", BREACH).status_code == 303
    assert "Start the clock" in nora.get(BREACH).text
    assert nora.send(f"{BREACH}/settled", BREACH).status_code == 409
    assert [e.act for e, _ in journalling.search(Asked(subject_kind="site"))] == ["breach settled", "breach noticed"]


def test_a_clock_that_ran_out_says_to_tell_the_authority_now(nora: Person) -> None:
    with unit_of_work():
        responding.notice(now() - timedelta(hours=73), account_id=None, at=now())
    assert "The time is over" in nora.get(BREACH).text


def act(person: Person, name: str, **form: str) -> int:
    return person.send(f"/staff/emergency/{name}", **form).status_code


def test_an_admin_stops_everything_with_a_reason_and_only_when_sure(samir: Person) -> None:
    assert act(samir, "stop", reason="a stranger in an account") == 422
    assert act(samir, "stop", sure="y") == 422
    assert not switching.stopped()
    assert act(samir, "stop", reason="a stranger in an account", sure="y") == 303
    assert switching.stopped() == set(Switch)
    ((entry, _),) = journalling.search(Asked(act="everything stopped"))
    assert entry.details == {"switches": len(Switch), "reason": "a stranger in an account"}
    assert "Every switch is stopped already" in samir.get("/staff/emergency").text


@pytest.mark.feature(96)
def test_an_admin_signs_everybody_out_at_once_and_themselves(samir: Person, nora: Person) -> None:
    assert nora.get("/staff").status_code == 200
    assert act(samir, "sessions", reason="a stolen laptop", sure="y") == 303
    assert (nora.get("/staff").status_code, samir.get("/staff").status_code) == (303, 303)
    assert nora.sign_in().status_code == 302
    assert nora.get("/staff").status_code == 200


@pytest.mark.feature(95)
def test_an_admin_takes_back_every_permission_to_take_names_out(samir: Person, nora: Person) -> None:
    with unit_of_work():
        exporting.permit(nora.account, True, by=None, at=NOON)
    assert nora.email in samir.get("/staff/emergency").text
    assert act(samir, "permissions", reason="a stolen laptop", sure="y") == 303
    db.session.expire_all()
    assert nora.account.may_export is False


@pytest.mark.parametrize("name", ["stop", "sessions", "permissions"])
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_staff_who_are_no_admins_may_not(nora: Person, name: str) -> None:
    assert nora.get("/staff/emergency").status_code == 403
    assert act(nora, name, reason="in haste", sure="y") == 403
    assert not switching.stopped()
    assert nora.get("/staff").status_code == 200
