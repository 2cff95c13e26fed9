import pytest

from campaign.database import db
from campaign.domain.errors import TextFrozen
from campaign.models.petition import Petition
from campaign.models.signature import Signature
from tests.web.campaigners.test_the_queue import approved
from tests.web.campaigners.writing import CAMPAIGN, LETTER, SAFETY, begun, draft, submitted


@pytest.fixture
def letter(make, leila, nora):
    """A letter of a draft that was approved."""
    make.addressee()
    assert approved(nora, submitted(leila)).status_code == 303
    return db.session.scalars(db.select(Petition)).one()


def changed(author, approver, **words):
    """Propose a change of the public campaign by the button, and have it approved."""
    path = begun(author, on="zarina-davlatova")
    for step, form in (("campaign", CAMPAIGN), ("letter", LETTER), ("safety", SAFETY)):
        form = {**form, **{k: v for k, v in words.items() if k in form or k == "letter_slug"}}
        version = str(draft(path).version)
        assert author.send(f"{path}/{step}", f"{path}/{step}", version=version, **form).status_code == 303
    assert author.send(f"{path}/submit", f"{path}/send").status_code == 303
    assert approved(approver, path).status_code == 303


@pytest.mark.feature(15)
def test_signed_words_stay_as_they_were_and_a_change_is_a_new_dated_version(letter, leila, nora, make):
    signature = make.confirmed_signature(letter)
    changed(leila, nora, text="She did her work.\n\nShe has been in prison for it since.")
    row = db.session.get_one(Petition, letter.id, populate_existing=True)
    first, second = row.texts
    assert (first.version, second.version) == (1, 2)
    assert first.paragraphs[1] == "She was imprisoned for it."
    assert second.paragraphs[1] == "She has been in prison for it since."
    assert first.sha256 != second.sha256
    assert second.effective_at > first.effective_at
    assert db.session.get_one(Signature, signature.id).text_id == first.id


@pytest.mark.feature(15)
def test_nothing_can_change_words_that_somebody_signed(letter, make):
    make.confirmed_signature(letter)
    row = db.session.get_one(Petition, letter.id, populate_existing=True)
    row.text.paragraphs = ["Other words."]
    with pytest.raises(TextFrozen):
        db.session.flush()
    db.session.rollback()


def test_the_old_address_leads_to_the_new_one_for_ever(letter, leila, nora, client):
    old = letter.slug
    changed(leila, nora, slug="free-zarina", letter_slug="letter-for-zarina")
    answer = client.get("/campaigns/zarina-davlatova")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/campaigns/free-zarina")
    assert client.get(f"/petitions/{old}").headers["Location"] == "/petitions/letter-for-zarina"
    assert client.get("/petitions/letter-for-zarina").status_code == 200
    assert client.get("/campaigns/never-was").status_code == 404


def test_staff_see_what_a_change_would_change(letter, leila, nora):
    path = begun(leila, on="zarina-davlatova")
    form = {**LETTER, "text": "She did her work.\n\nShe was jailed for it."}
    leila.send(f"{path}/letter", f"{path}/letter", version=str(draft(path).version), **form)
    leila.send(f"{path}/safety", f"{path}/safety", version=str(draft(path).version), **SAFETY)
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    page = nora.get(path.replace("/workspace/drafts", "/staff/queue")).text
    assert "<del>imprisoned </del>" in page
    assert "<ins>jailed </ins>" in page


@pytest.mark.feature(18)
def test_a_new_campaign_begins_from_the_words_of_another(letter, leila):
    path = begun(leila, like="zarina-davlatova")
    content = draft(path).content
    assert content["letter"]["text"] == LETTER["text"]
    assert content["letter"]["title"] == content["campaign"]["title"] == content["campaign"]["slug"] == ""
    assert draft(path).campaign_id is None


@pytest.mark.feature(5)
def test_a_campaign_gets_a_second_letter_and_its_page_counts_people_once(letter, leila, nora, make, client):
    path = begun(leila, also="zarina-davlatova")
    form = {**LETTER, "letter_title": "A second letter", "text": "She needs a doctor."}
    leila.send(f"{path}/letter", f"{path}/letter", version=str(draft(path).version), **form)
    leila.send(f"{path}/safety", f"{path}/safety", version=str(draft(path).version), **SAFETY)
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    assert approved(nora, path).status_code == 303
    first, second = db.session.scalars(db.select(Petition).order_by(Petition.id)).all()
    assert first.campaign_id == second.campaign_id
    assert first.campaign.joined_at is not None
    assert second.slug == "a-second-letter"
    assert [p.text.title for p in (first, second)] == [LETTER["letter_title"], "A second letter"]
