"""The joint letter of June 2017, made again from the case records: it asks the same, and says nothing that is wrong."""

import io
import zipfile

import pytest

from campaign.collaborators import Collaborators
from campaign.database import db, unit_of_work
from campaign.demo import loading
from campaign.domain.joint_letters import composing
from campaign.gateways import despatch
from campaign.models.joint_letter import JointLetter
from tests.demo.conftest import NOON
from tests.pdfs import pages, plain

pytestmark = pytest.mark.usefixtures("demonstration")
ORGANISATIONS = ("CivilRightsDefenders", "FreedomNow", "NorwegianHelsinkiCommittee")


@pytest.mark.feature(121)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_three_organisations_one_occasion_thirteen_people_and_four_asks_are_printed(tools: Collaborators) -> None:
    with unit_of_work():
        loading.load(at=NOON, hash_password=None)
    letter = db.session.scalars(db.select(JointLetter)).one()
    with unit_of_work():
        findings = composing.seal(letter, tools.desk(), tools.store, by="Samir", at=NOON)
    assert [f.code.value for f in findings] == ["addressee-unconfirmed"], "and a specimen is only warned of that"
    made = {
        name: content for name, content, _ in despatch.joint(composing.page_data(letter.packet), tools.desk().printer)
    }
    read = [plain(page) for page in pages(made["01-joint-letter.pdf"])]
    assert all("SPECIMEN–NOTFORDELIVERY" in page for page in read)
    words, people = " ".join(read[:2]), " ".join(read[2:])
    places = [words.rindex(name) for name in ORGANISATIONS]
    assert places == sorted(places)
    assert words.count("signedthejointletterof9June2017,inotherwordsthanthese") == 3, (
        "nobody is invented, and nobody was asked anew"
    )
    for ask in ("1.totellthePresident", "2.toraisethecases", "3.toaskthatlawyers", "4.toseekcommitments"):
        assert ask in words.replace("​", "")
    assert "NewYork,NY10017" in words
    assert "DearSecretary-General," in words
    assert "beforeyoumeetPresidentRahmoninDushanbe" in words
    named = [p.name for p in letter.packet.petition.campaign.prisoners]
    assert len(named) == 13
    assert all(plain(name) in people for name in named)
    # what the letter of 2017 had wrong, or could not know
    assert "died12June2016" in people
    assert "26yearsinprison(firstjudgment)" in people
    assert "13yearsinprison,asreportedinJuly2015" in people
    assert "inexile" in people
    assert "2018:" not in people, "nothing that happened after the letter"
    body = zipfile.ZipFile(io.BytesIO(made["02-joint-letter.docx"])).read("word/document.xml").decode()
    assert all(each in plain(body) for each in (*ORGANISATIONS, "totellthePresident"))
