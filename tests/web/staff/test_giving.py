"""What staff see and set about giving: totals without names, issuers, the progress line, the books as a table."""

import csv
import io
import json

import pytest

from campaign import worker
from campaign.cli.doctor import doctor
from campaign.cli.donations import donations
from campaign.database import db, unit_of_work
from campaign.domain.accounts import teaming
from campaign.domain.giving import funding, hearing
from campaign.domain.giving.paying import DonorSeen
from campaign.models.account import RoleName
from campaign.models.donation import Gift, Plan, PlanState, Receipt
from campaign.models.journal import JournalEntry
from campaign.models.movement import Movement, PaymentReport, ReportState
from campaign.models.site import Alert
from campaign.web.remembering import memory
from tests.fakes import words
from tests.gifts import LEILA
from tests.make import NOON

OTHER = DonorSeen("other.gives@giftpost.example", "Odile Gives-Too")
ISSUER = {
    "code": "FS", "name": "Sponsor International", "address": "2 Road\n2000 Town", "tax_line": "EIN 12-3456789",
    "wording": "=Thank you.",
}  # fmt: skip


@pytest.fixture
def campaign(make):
    return make.campaign()


@pytest.mark.feature(89)
def test_the_progress_line_stands_on_the_page_once_staff_want_it(till_site, campaign, nora, client):
    till_site.give(campaign.slug)
    page = f"/staff/giving/campaigns/{campaign.slug}"
    assert "of €100.00 given" not in client.get(f"/campaigns/{campaign.slug}").text
    setting = {"is_open": "y", "goal": "100", "goal_currency": "EUR", "issuer": "", "shows_progress": "y"}
    assert nora.send(page, page, **setting).status_code == 303
    memory().forget()
    assert "€25.00 of €100.00 given" in client.get(f"/campaigns/{campaign.slug}").text
    assert "€25.00 of €100.00 given" in client.get(f"/campaigns/{campaign.slug}/give").text
    till_site.double.control("refund", charge=db.session.scalars(db.select(Gift.charge)).one(), amount=500)
    till_site.hear()
    memory().forget()
    assert "€20.00 of €100.00 given" in client.get(f"/campaigns/{campaign.slug}").text
    for wrong in ({"goal": "-5"}, {"goal": "x"}, {"goal_currency": "XXX"}, {"issuer": "NOBODY"}):
        assert nora.send(page, page, **(setting | wrong)).status_code == 422, wrong
    assert "giving set" in {entry.act for entry in db.session.scalars(db.select(JournalEntry))}


@pytest.mark.feature(118)
def test_a_fiscal_sponsor_issues_under_its_own_numbers_and_totals_name_nobody(till_site, campaign, samir, member, make):
    till_site.give(campaign.slug)
    new = "/staff/giving/issuers/new"
    assert samir.send(new, new, **ISSUER).status_code == 303
    assert samir.send(new, new, **ISSUER).status_code == 422, "its code is taken"
    assert samir.send(new, new, **(ISSUER | {"code": "f s"})).status_code == 422
    assert member("paul@example.org").get(new).status_code == 403
    page = f"/staff/giving/campaigns/{campaign.slug}"
    assert samir.send(page, page, is_open="y", issuer="FS", goal="", goal_currency="EUR").status_code == 303
    till_site.pay(till_site.begin(campaign.slug, interval="month"))
    till_site.hear()
    references = [receipt.reference for receipt in db.session.scalars(db.select(Receipt).order_by(Receipt.id))]
    assert references == ["OP-000001", "FS-000001"]
    overview = samir.get("/staff/giving").text
    for said in ("€50.00", "1 monthly gift runs: €25.00 a month", "Sponsor International", campaign.title):
        assert said in overview
    assert overview.count("<svg") - overview.count('viewBox="0 0 10 15"') == 1
    assert LEILA.name not in overview + samir.get(page).text
    answer = samir.send("/staff/giving/export", "/staff/giving", year=str(make.now().year))
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["kind"] for row in table] == ["gift"] * len(db.session.scalars(db.select(Movement)).all())
    assert [(row["given"], row["amount"], row["receipt"], row["monthly"]) for row in table] == [
        ("25.00", "25.00", "OP-000001", "no"), ("25.00", "25.00", "FS-000001", "yes"),
    ]  # fmt: skip
    assert {row["campaign"] for row in table} == {campaign.reference}
    assert LEILA.name not in answer.text
    assert "books exported" in {entry.act for entry in db.session.scalars(db.select(JournalEntry))}
    assert samir.send("/staff/giving/export", "/staff/giving", year="1999").status_code == 404
    leila = member("leila@example.org", RoleName.CAMPAIGNER)
    with unit_of_work():
        teaming.appoint(campaign, leila.account, by=leila.account, at=NOON)
    assert "Gifts by month" in leila.get(f"/workspace/campaigns/{campaign.slug}").text


@pytest.mark.feature(84)
def test_monthly_gifts_to_a_campaign_that_is_over_are_shown_and_all_ended(
    till_site, campaign, samir, member, post_office, make
):
    for donor in (LEILA, OTHER):
        till_site.pay(till_site.begin(campaign.slug, interval="month"), donor)
    till_site.hear()
    page, stop = f"/staff/giving/campaigns/{campaign.slug}", f"/staff/giving/campaigns/{campaign.slug}/stop-monthly"
    assert "still run" not in samir.get("/staff/giving").text
    with unit_of_work():
        funding.open_fund(campaign.id).is_open = False
    assert "takes no gifts any more, and 2 monthly gifts to it still run" in samir.get("/staff/giving").text
    till_site.app.test_cli_runner().invoke(donations, ["reconcile"])
    assert any("2 monthly gift(s) still run" in alert.says for alert in db.session.scalars(db.select(Alert)))
    nora = member("paul@example.org")
    assert "An administrator can end them" in nora.get(page).text
    assert nora.send(stop, page, sure="y").status_code == 403
    assert samir.send(stop, page).status_code == 422
    double = till_site.double
    double.control("trouble", kind="500_before", path="/v1/subscriptions", method="DELETE", times=9)
    assert samir.send(stop, page, sure="y").status_code == 303
    assert "2 are being ended now" in samir.get(page).text
    till_site.hear()
    waits = db.session.scalars(db.select(PaymentReport.kind).where(PaymentReport.state == ReportState.WAITING)).all()
    assert waits.count(hearing.STOP) == 2, "Stripe did nothing, so they wait"
    double.control("untroubled")
    double.control("trouble", kind="lost", path="/v1/subscriptions", method="DELETE")  # done, and no answer
    assert samir.send(stop, page, sure="y").status_code == 303, "asked twice it is done once"
    with unit_of_work():
        db.session.execute(db.update(PaymentReport).values(due_at=make.now()))  # the minute of waiting is over
    till_site.hear()
    assert {plan.state for plan in db.session.scalars(db.select(Plan))} == {PlanState.ENDED}
    worker.send_letters()
    ends = [letter for letter in post_office.letters if letter["Subject"] == "Your monthly gift has ended"]
    assert sorted(letter["To"] for letter in ends) == sorted([LEILA.email, OTHER.email])
    assert not any(campaign.title in words(letter) for letter in ends)
    till_site.later(70)
    assert double.control("books")["gifts"]["eur"]["charges"] == 2, "nothing is taken after the end"
    assert "Monthly gifts</h2>" not in samir.get(page).text
    (entry, *_) = db.session.scalars(db.select(JournalEntry).where(JournalEntry.act == "monthly gifts stopped")).all()
    assert (entry.subject_id, entry.details["count"]) == (campaign.slug, 2)


def test_gifts_from_the_command_line(till_site, app, campaign):
    till_site.give(campaign.slug, "JPY", amount="1000")
    till_site.hear()
    run = app.test_cli_runner().invoke
    (gift,) = json.loads(run(donations, ["list", "--json"]).output)
    assert (gift["amount"], gift["currency"], gift["campaign"], gift["receipts"]) == (
        1000, "JPY", campaign.slug, ["OP-000001"],
    )  # fmt: skip
    assert "1000 JPY" in run(donations, ["list", "--campaign", campaign.slug]).output
    assert json.loads(run(donations, ["list", "--json", "--campaign", "another"]).output) == []
    said = run(donations, ["reconcile"])
    assert (said.exit_code, "0 missing, 0 of them mended, 0 differing" in said.output) == (0, True)
    with unit_of_work():
        db.session.delete(db.session.scalars(db.select(Movement)).one())
    assert "1 missing, 1 of them mended" in run(donations, ["reconcile", "--days", "5"]).output
    told = [line for line in run(doctor).output.splitlines() if "giving:" in line]
    assert any("test mode" in line for line in told)
    assert any("Stripe answers" in line for line in told)
    assert all(line.startswith("ok") for line in told)
    till_site.double.stop()
    assert "FAIL  giving: Stripe does not answer" in run(doctor).output
    said = run(donations, ["reconcile"])
    assert (said.exit_code, "does not answer" in said.output) == (1, True)
    assert worker.hear_of_gifts() == 0
