from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.database import db, take_bells, unit_of_work
from campaign.domain import alerting, limits
from campaign.domain.signatures import forgetting, signing
from campaign.domain.signatures.signing import Vigil
from campaign.domain.signatures.suspecting import Arrival
from campaign.models.signature import Signature
from campaign.models.site import Alert
from tests.make import NOON

HERE, THERE = b"h" * 32, b"t" * 32


@pytest.fixture(autouse=True)
def _low(app):
    for name in ("alert.network.hour", "alert.domain.hour", "alert.suspicious.hour"):
        limits.change(name, 3, by="Ada", at=NOON)
    db.session.commit()


def forms(make, petition, n, *, network=b"", domain="", at=NOON, trap=False):
    signable = make.signable(petition)
    for i in range(n):
        email = f"somebody.{i}.{at:%H%M%S}@{domain}" if domain else f"somebody@post-{i}-{at:%H%M%S}.example"
        vigil = Vigil(arrival=Arrival(network=network, fills_trap=trap))
        with unit_of_work():
            signing.sign(signable, make.signer(None, email), at=at, seal=make.seal, vigil=vigil)
    take_bells()


def look(make, at=NOON):
    with unit_of_work():
        alerting.look(at=at, seal=make.seal)
    return [(a.kind, a.says) for a in db.session.scalars(select(Alert).order_by(Alert.id))]


@pytest.mark.feature(45)
def test_staff_are_told_when_one_network_sends_more_than_so_many_forms_an_hour(make):
    petition = make.open_petition()
    forms(make, petition, 3, network=HERE)
    assert look(make) == []
    forms(make, petition, 1, network=HERE, at=NOON + timedelta(seconds=1))
    assert look(make, NOON + timedelta(minutes=1)) == [("network", "4 forms within an hour came from one network.")]


@pytest.mark.feature(45)
def test_staff_are_told_when_one_mail_domain_sends_more_than_so_many_forms_an_hour(make):
    forms(make, make.open_petition(), 4, domain="robots.example")
    assert look(make) == [("domain", "4 forms within an hour came from one mail domain.")]


def test_the_providers_that_very_many_use_have_a_threshold_of_their_own(make):
    petition = make.open_petition()
    forms(make, petition, 5, domain="gmail.com")
    assert look(make) == []
    limits.change("alert.provider.hour", 4, by="Ada", at=NOON)
    db.session.commit()
    assert [kind for kind, _ in look(make)] == ["domain"]


def test_each_kind_is_told_once_an_hour_for_a_petition_and_again_if_it_goes_on(make):
    petition = make.open_petition()
    for minutes in (0, 1, 61):
        at = NOON + timedelta(minutes=minutes)
        forms(make, petition, 4, network=HERE, at=at)
        look(make, at)
    assert len(look(make, NOON + timedelta(minutes=61))) == 2


def test_forms_of_two_networks_or_of_two_petitions_are_not_added_up(make):
    one, other = make.open_petition(), make.open_petition()
    forms(make, one, 3, network=HERE)
    forms(make, one, 3, network=THERE, at=NOON + timedelta(seconds=1))
    forms(make, other, 3, network=HERE)
    assert look(make, NOON + timedelta(seconds=2)) == []


def test_several_networks_at_once_are_one_alert(make):
    petition = make.open_petition()
    forms(make, petition, 5, network=HERE)
    forms(make, petition, 4, network=THERE, at=NOON + timedelta(seconds=1))
    assert look(make, NOON + timedelta(seconds=1)) == [
        ("network", "5 forms within an hour came from one network; 2 of them are above the threshold.")
    ]


def test_what_was_sent_more_than_an_hour_ago_is_over(make):
    forms(make, make.open_petition(), 9, network=HERE, at=NOON - timedelta(hours=1))
    assert look(make) == []


def test_many_suspicious_forms_are_told(make):
    forms(make, make.open_petition(), 4, trap=True)
    assert [kind for kind, _ in look(make)] == ["suspicious"]


def test_a_limit_that_refuses_often_is_told_once_an_hour(app):
    assert alerting.refused_often("30 per 1 minute", 500, at=NOON)
    assert not alerting.refused_often("30 per 1 minute", 500, at=NOON + timedelta(minutes=59))
    assert alerting.refused_often("300 per 1 hour", 500, at=NOON)
    assert alerting.refused_often("30 per 1 minute", 500, at=NOON + timedelta(minutes=61))


def test_an_alert_holds_counts_and_kinds_and_nothing_of_anybody(make):
    forms(make, make.open_petition(), 4, network=HERE, domain="robots.example")
    said = repr(look(make))
    assert "robots.example" not in said
    assert HERE.hex() not in said
    keys = [row.network_key.hex() for row in db.session.scalars(select(Signature))]
    assert not any(key in said for key in keys)


def test_who_looked_first_at_an_alert_is_remembered(make):
    forms(make, make.open_petition(), 4, network=HERE)
    look(make)
    [alert] = alerting.unseen()
    for by in ("Ada", "Bob"):
        alerting.seen(alert.id, by=by, at=NOON)
    assert alert.seen_by == "Ada"
    assert alerting.unseen() == []


@pytest.mark.feature(47)
def test_networks_are_forgotten_after_two_days_in_every_state(make):
    petition = make.open_petition()
    forms(make, petition, 2, network=HERE)
    [one, _] = db.session.scalars(select(Signature).order_by(Signature.id))
    make.confirm(one)
    assert forgetting.forget_networks(at=NOON + timedelta(hours=47)) == 0
    assert forgetting.forget_networks(at=NOON + timedelta(hours=49)) == 2
    db.session.expire_all()
    assert {row.network_key for row in db.session.scalars(select(Signature))} == {None}
