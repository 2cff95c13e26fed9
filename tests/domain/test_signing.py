import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain import signing
from campaign.models.letter import Letter
from tests.make import NOON


def letters():
    return list(db.session.scalars(select(Letter.kind).order_by(Letter.id)))


@pytest.mark.feature(27)
def test_signing_twice_looks_like_signing_once(make):
    petition, leila = make.open_petition(), make.signer()
    answers = []
    for _ in range(2):
        with unit_of_work():
            answers.append(signing.sign(make.signable(petition), leila, at=NOON, seal=make.seal))
    assert answers == [None, None]
    assert letters() == ["confirm-signature", "confirm-signature"]
