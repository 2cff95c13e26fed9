from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import limits
from campaign.domain.signatures import nudging
from campaign.domain.supporters import suppressing
from campaign.models.letter import Letter
from campaign.models.signature import SignatureState
from campaign.models.supporter import Reason
from tests.fakes import link, words
from tests.make import NOON


def nudge(days):
    with unit_of_work():
        return nudging.nudge(at=NOON + timedelta(days=days))


@pytest.mark.feature(25)
def test_who_has_not_confirmed_is_reminded_once_and_if_staff_allow_it_twice_and_then_never(make):
    make.pending_signature()
    assert [nudge(day) for day in (1, 1.9, 2, 2.1, 4, 5.5, 6, 6.9, 8, 30)] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    with unit_of_work():
        limits.change("reminders.most", 2, by="Ada", at=NOON)
    assert [nudge(day) for day in (4, 5.1, 5.5, 6, 30)] == [0, 1, 0, 0, 0]
    kinds = list(db.session.scalars(select(Letter.kind)))
    assert kinds == ["confirm-signature", "confirm-reminder", "confirm-reminder"]


@pytest.mark.feature(25)
def test_nobody_is_reminded_who_confirmed_asked_twice_is_suspected_gone_or_came_too_late(make):
    petition, leila = make.open_petition(), make.signer("Leila", "leila@post.example")
    for _ in range(2):
        make.pending_signature(petition, leila)
    suspected, bounced, confirmed = (make.pending_signature(petition) for _ in range(3))
    suspected.suspicion, bounced.bounced_at = "trap", NOON
    make.confirm(confirmed)
    closed = make.open_petition()
    make.pending_signature(closed)
    closed.closes_at = NOON + timedelta(days=1)
    db.session.commit()
    assert nudge(2) == 1, "Leila, of the later of her two forms"


@pytest.mark.feature(25, 64)
@pytest.mark.parametrize("why", ["listed", "confirmed meanwhile", ""])
def test_a_reminder_is_neutral_and_is_not_sent_to_somebody_who_left_or_confirmed_meanwhile(make, post_office, why):
    petition = make.open_petition()
    at = now() - timedelta(days=3)
    row = make.pending_signature(petition, make.signer("Leila", "leila@post.example"), at=at)
    db.session.execute(db.delete(Letter))
    db.session.commit()
    assert worker.nudge() == 1
    if why == "listed":
        key = make.seal.subscription_key(petition.campaign.hash_secret, "leila@post.example")
        with unit_of_work():
            suppressing.add(petition.campaign_id, key, Reason.SILENCE, at=now())
    elif why:
        make.confirm(row, at=now())
    db.session.commit()
    worker.send_letters()
    if why:
        assert post_office.letters == []
        return
    (letter,) = post_office.letters
    assert link(letter, "confirm")
    said = words(letter) + letter["Subject"]
    for named in (petition.slug, petition.campaign.title, "Leila", "prison", "petition"):
        assert named.casefold() not in said.casefold()
    db.session.refresh(row)
    assert row.state is SignatureState.PENDING
