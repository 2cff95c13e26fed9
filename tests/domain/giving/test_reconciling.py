"""What never came, or came and was lost, is found by comparing, booked, and told to staff."""

import pytest

from campaign import worker
from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.domain import alerting
from campaign.domain.giving import reconciling
from campaign.gateways import cashier
from campaign.models.donation import Gift, Plan, PlanState
from campaign.models.movement import Movement, PaymentReport


def rows(of):
    return db.session.scalars(db.select(of).order_by(of.id)).all()


def compare():
    return cashier.compare(collaborators().till, collaborators().books(), now=now)


@pytest.mark.feature(85, 88)
def test_reports_that_never_came_are_found_and_booked_and_staff_are_told(till_site, make):
    slug, double = make.campaign().slug, till_site.double
    till_site.give(slug)
    till_site.hear()
    double.control("webhooks", url="http://127.0.0.1:9/nowhere")
    for session in (till_site.begin(slug), till_site.begin(slug, interval="month")):
        till_site.pay(session)
    double.control("refund", charge=rows(Gift)[0].charge, amount=500)
    assert len(rows(Gift)) == 1
    assert worker.compare_books()
    assert sorted(gift.refunded for gift in rows(Gift)) == [0, 0, 500]
    assert rows(Plan)[0].state is PlanState.ACTIVE
    first = reconciling.latest()
    assert first.missed > 5, "reports and lines alike"
    assert (first.mended, first.differing) == (first.missed, 0)
    assert "were not here" in alerting.unseen()[0].says
    assert not worker.compare_books(), "once a day"
    assert compare().missed == 0
    net = sum(line.net for line in rows(Movement))
    assert net == double.control("books")["account"]["eur"]["balance"]


def test_lines_that_are_missing_are_fetched_and_lines_that_differ_are_told_and_left(till_site, make):
    slug = make.campaign().slug
    for _ in range(2):
        till_site.give(slug)
    till_site.hear()
    gone, changed = rows(Movement)
    with unit_of_work():
        db.session.delete(gone)
        changed.fee += 7
    assert (compare().missed, reconciling.latest().mended, reconciling.latest().differing) == (1, 1, 1)
    assert len(rows(Movement)) == 2
    assert "1 line(s) differ" in alerting.unseen()[0].says


def test_a_monthly_gift_that_passed_its_day_in_silence_is_looked_at_anew(till_site, make):
    slug = make.campaign().slug
    till_site.pay(till_site.begin(slug, interval="month"))
    till_site.hear()
    with unit_of_work():
        rows(Plan)[0].renews_on = now().date().replace(year=now().year - 1)
        for report in db.session.scalars(db.select(PaymentReport)):
            db.session.delete(report)
    compare()
    assert rows(Plan)[0].renews_on > now().date()


def test_while_stripe_is_down_reports_wait_and_nothing_is_given_up(till_site, make):
    slug = make.campaign().slug
    till_site.pay(till_site.begin(slug))
    till_site.double.delivered()
    till_site.double.stop()
    assert worker.hear_of_gifts() == 0
    assert not worker.compare_books()
    waiting = db.session.scalars(db.select(PaymentReport)).all()
    assert {report.attempts for report in waiting} == {0}
    assert {report.state for report in waiting} == {"waiting"}
