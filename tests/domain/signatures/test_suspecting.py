from dataclasses import replace

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.signatures import lists, signing, suspecting, withdrawing
from campaign.domain.signatures.signing import Vigil
from campaign.domain.signatures.suspecting import Arrival, Reason
from campaign.models.signature import Signature, SignatureState
from campaign.models.site import ListName
from tests.make import NOON

FORM = {"domain": "post.example", "address_hash": "aa", "country": "FR", "is_proved": False}


@pytest.fixture
def listed(make):
    def listed(**values):
        with unit_of_work():
            for name, value in values.items():
                lists.add(ListName(name), value, at=NOON, seal=make.seal)
        return lists.read()

    return listed


def test_nearly_everybody_is_above_suspicion(listed):
    assert suspecting.reasons(Arrival(address="192.0.2.1"), **FORM, lists=listed()) == []


@pytest.mark.feature(41)
def test_who_fills_in_what_people_do_not_see_is_suspected(listed):
    assert suspecting.reasons(Arrival(fills_trap=True), **FORM) == [Reason.HONEYPOT]


@pytest.mark.feature(43)
@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ({"blocked_domain": "post.example"}, Reason.BLOCKED_DOMAIN),
        ({"blocked_domain": "*.example"}, Reason.BLOCKED_DOMAIN),
        ({"blocked_network": "192.0.2.0/24"}, Reason.BLOCKED_NETWORK),
        ({"blocked_country": "FR"}, Reason.BLOCKED_COUNTRY),
        ({"disposable_domain": "post.example"}, Reason.DISPOSABLE_DOMAIN),
    ],
)
def test_what_staff_have_blocked_is_suspected(listed, on, reason):
    assert suspecting.reasons(Arrival(address="192.0.2.1"), **FORM, lists=listed(**on)) == [reason]


def test_a_proof_of_work_is_friction_enough_for_a_disposable_mailbox(listed):
    known = listed(disposable_domain="post.example")
    assert suspecting.reasons(Arrival(), **FORM | {"is_proved": True}, lists=known) == []


@pytest.mark.feature(43)
def test_what_staff_allow_is_held_against_nobody(listed):
    known = listed(
        blocked_domain="*.example",
        disposable_domain="post.example",
        allowed_domain="post.example",
        blocked_network="192.0.2.0/24",
        allowed_network="192.0.2.0/28",
    )
    crowd = Arrival(address="192.0.2.1", is_network_burst=True, is_domain_burst=True)
    assert suspecting.reasons(crowd, **FORM, lists=known) == []


def test_every_reason_fits_into_the_row_at_once():
    assert len(" ".join(Reason)) <= 200


@pytest.mark.feature(44)
def test_a_suspected_signature_looks_confirmed_to_its_signer_and_is_not_counted(make):
    petition, at = make.open_petition(), NOON
    vigil = Vigil(arrival=Arrival(fills_trap=True))
    with unit_of_work():
        signing.sign(make.signable(petition), make.signer(), at=at, seal=make.seal, vigil=vigil)
    row = db.session.scalars(db.select(Signature)).one()
    assert row.suspicion == "honeypot"
    make.confirm(row)
    make.count(petition)
    assert row.state is SignatureState.HELD
    assert petition.signature_count == 0
    assert withdrawing.show(make.claim(row)).state is SignatureState.CONFIRMED


def test_who_was_suspected_once_is_not_counted_by_signing_again(make):
    petition, leila = make.open_petition(), make.signer()
    with unit_of_work():
        signing.sign(
            make.signable(petition), leila, at=NOON, seal=make.seal, vigil=Vigil(arrival=Arrival(fills_trap=True))
        )
    held = db.session.scalars(db.select(Signature)).one()
    make.confirm(held)
    make.confirmed_signature(petition, leila)
    make.count(petition)
    assert petition.signature_count == 0


def test_the_row_keeps_hashes_of_network_and_domain_that_differ_from_petition_to_petition(make):
    leila, vigil = make.signer(), Vigil(arrival=Arrival(address="192.0.2.1", network=b"n" * 32))
    for petition in (make.open_petition(), make.open_petition()):
        with unit_of_work():
            signing.sign(make.signable(petition), leila, at=NOON, seal=make.seal, vigil=vigil)
    one, other = db.session.scalars(db.select(Signature).order_by(Signature.id))
    assert one.network_key != other.network_key
    assert one.domain_key != other.domain_key
    assert b"n" * 32 not in (one.network_key, other.network_key)


def test_how_a_form_came_in_is_not_shown_when_it_is_printed():
    arrival = Arrival(address="192.0.2.1", network=b"nnnn")
    assert "192.0.2.1" not in repr(arrival)
    assert "nnnn" not in repr(replace(arrival, fills_trap=True))
