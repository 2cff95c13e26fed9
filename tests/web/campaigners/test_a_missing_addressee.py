"""Whom a letter should go to may be missing in the directory: the draft says so, and staff settle it."""

import pytest

from campaign.database import db
from campaign.models.campaign import Campaign
from campaign.models.journal import JournalEntry
from campaign.models.petition import Petition
from tests.web.campaigners.test_the_queue import approved, queued, send
from tests.web.campaigners.writing import begun, draft, saved

WISH = "The Ombudsman of the Northern Province, named at https://office.example"


@pytest.mark.feature(9)
def test_an_addressee_wished_for_in_words_is_settled_by_staff_before_anything_is_public(leila, nora, make):
    path = begun(leila)
    for step in ("case", "campaign", "safety"):
        assert saved(leila, path, step).status_code == 303
    assert saved(leila, path, "letter", addressees="", wished=WISH).status_code == 303
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    make.addressee("ombudsman", "the Ombudsman")
    page = queued(path)
    assert WISH in nora.get(page).text
    assert approved(nora, path).status_code == 409
    assert db.session.scalars(db.select(Campaign)).all() == []
    assert send(nora, f"{page}/wish", addressee="").status_code == 422  # nobody else is addressed
    assert send(nora, f"{page}/wish", addressee="nobody-known").status_code == 422
    assert send(nora, f"{page}/wish", addressee="ombudsman").status_code == 303
    assert send(nora, f"{page}/wish", addressee="ombudsman").status_code == 409
    assert draft(path).content["letter"]["wished"] == ""
    assert approved(nora, path).status_code == 303
    letter = db.session.scalars(db.select(Petition)).one()
    assert [a.addressee_id for a in letter.addressees] == ["ombudsman"]
    acts = {e.act: e.details for e in db.session.scalars(db.select(JournalEntry))}
    assert acts["wished addressee settled"] == {"addressee": "ombudsman"}


@pytest.mark.feature(1)
def test_a_title_in_another_script_gets_an_address_that_can_be_read(leila, nora, client, make):
    make.addressee()
    names = {"people-0-name": "\u0632\u0631\u06cc\u0646\u0627", "people-0-native": "", "people-0-native_lang": ""}
    words = {"campaign": {"title": "\u0646\u0627\u0645\u0647 2026", "slug": ""}, "case": names}
    words["letter"] = {"letter_title": "\u179b\u17b7\u1781\u17b7\u178f" * 40, "letter_slug": ""}  # 200 Khmer signs
    for number in ("", "-2"):
        path = begun(leila)
        for step in ("case", "campaign", "letter", "safety"):
            assert saved(leila, path, step, **words.get(step, {})).status_code == 303
        assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
        assert approved(nora, path).status_code == 303
        slug = f"tajikistan-{make.now().year}{number}"
        assert client.get(f"/campaigns/{slug}").status_code == 200
        assert client.get(f"/petitions/{slug}").status_code == 200
