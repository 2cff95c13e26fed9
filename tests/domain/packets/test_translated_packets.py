"""A packet prints the words in every language in which they were signed, each version with its day and hash."""

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.cases import showing
from campaign.domain.packets import contents, packing
from campaign.domain.signatures import signing
from campaign.models.packet import Level
from campaign.models.petition import Petition
from tests.make import NOON
from tests.web.public.test_a_letter_in_several_languages import LETTER, PERSIAN, translated


@pytest.mark.feature(91, 106)
def test_every_version_of_every_language_is_printed_with_how_many_signed_it(make, tools):
    make.addressee("wg", "the Working Group")
    petition = make.open_petition(addressees=("sg", "wg"))
    make.confirmed_signature(petition)
    translated(petition, PERSIAN)
    persian = showing.petition(petition.slug).in_language("fa").open_petition
    with unit_of_work():
        signing.sign(persian, make.signer(), at=NOON, seal=make.seal)
    row = db.session.scalars(db.select(contents.Signature).order_by(contents.Signature.id.desc())).first()
    make.confirm(row)
    make.count(petition)
    with unit_of_work():
        petition = db.session.get_one(Petition, petition.id)
        packet = packing.draft(petition, make.addressee(), Level.TOTALS, by="Anna", at=NOON)
        found = contents.gather(packet, tools.desk().sender, {}, at=NOON)
    printed = [(t["lang"], t["version"], t["signed"], t["dir"]) for t in found["texts"]]
    assert printed == [("en", 1, 1, "ltr"), ("fa", 1, 1, "rtl")]
    assert found["petition"]["lang"] == "en", "the packet itself stays in the first language"
    assert LETTER.addressees == tuple(petition.translations[0].addressee_ids)
