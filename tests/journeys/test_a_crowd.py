from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from campaign import worker
from campaign.database import db
from campaign.domain.links import Purpose
from campaign.models.ledger import LedgerEntry
from campaign.models.signature import OPEN_SLOTS, Signature, SignatureState, Visibility
from tests.make import GIVEN_OUT

CROWD = 40
LEILA = {"name": "Leïla Amrani", "email": "leila@post.example", "country": "FR", "visibility": "public", "consent": "y"}


@pytest.fixture
def site(living):
    """Three web processes that take the network of a request from a proxy, so that it is not held up."""
    site = living(TRUSTED_PROXIES="1")
    site.start_web(processes=3)
    return site


def at_once(act, things):
    """All of them in the same instant, each from a network of its own."""
    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(lambda row: act(row[1], {"X-Forwarded-For": f"198.51.100.{row[0]}"}), enumerate(things)))


def count(petition):
    worker.count_signatures()
    db.session.expire_all()
    standing = select(func.count()).where(Signature.state == SignatureState.CONFIRMED)
    ledger = select(func.coalesce(func.sum(LedgerEntry.delta), 0))
    return petition.signature_count, db.session.scalar(standing), db.session.scalar(ledger)


def signatures():
    db.session.rollback()
    return list(db.session.scalars(select(Signature).order_by(Signature.id)))


@pytest.mark.feature(30)
def test_forty_simultaneous_forms_and_confirmations_of_one_person_count_once(make, tools, site):
    petition = make.open_petition()
    GIVEN_OUT.update((LEILA["name"], LEILA["email"]))
    fields = LEILA | {"stamp": tools.links.stamp(make.now())}
    path = f"/petitions/{petition.slug}/sign"

    answers = at_once(lambda sent, headers: site.post(path, sent, headers), [fields] * CROWD)
    assert set(answers) == {(303, f"/petitions/{petition.slug}/check-your-inbox")}
    rows = [row for row in signatures() if row.email_key]  # those refused in silence are empty
    assert 1 <= len(rows) <= len(OPEN_SLOTS)

    links = [f"/confirm/{make.token(Purpose.CONFIRM, rows[i % len(rows)])}" for i in range(CROWD)]
    db.session.rollback()
    answers = at_once(lambda link, headers: site.post(link, {}, headers), links)
    assert set(answers) == {(303, f"/petitions/{petition.slug}/thank-you")}
    assert count(petition) == (1, 1, 1)


@pytest.mark.feature(30, 31)
def test_two_people_at_one_address_confirmed_in_the_same_instant_both_count_and_a_third_does_not(make, site):
    petition = make.open_petition()
    people = [make.signer(name, "family@post.example") for name in ("Leila", "Karim", "Amina")]
    rows = [make.pending_signature(petition, person) for person in people]
    links = [f"/confirm/{make.token(Purpose.CONFIRM, rows[i % 3])}" for i in range(CROWD)]
    db.session.rollback()
    answers = at_once(lambda link, headers: site.post(link, {}, headers), links)
    assert {status for status, _ in answers} == {303}
    assert count(petition) == (2, 2, 2)


def test_forty_people_who_sign_in_the_same_instant_all_count(make, tools, site):
    petition = make.open_petition()
    people = [make.signer(visibility=Visibility.COUNTED) for _ in range(CROWD)]
    stamp = tools.links.stamp(make.now())
    forms = [LEILA | {"name": p.name, "email": p.email, "visibility": "counted", "stamp": stamp} for p in people]
    path = f"/petitions/{petition.slug}/sign"
    db.session.rollback()
    answers = at_once(lambda sent, headers: site.post(path, sent, headers), forms)
    assert {status for status, _ in answers} == {303}
    links = [f"/confirm/{make.token(Purpose.CONFIRM, row)}" for row in signatures()]
    db.session.rollback()
    assert len(links) == CROWD
    assert {status for status, _ in at_once(lambda link, h: site.post(link, {}, h), links)} == {303}
    assert count(petition) == (CROWD, CROWD, CROWD)
    assert sorted(row.number for row in signatures()) == list(range(1, CROWD + 1))
