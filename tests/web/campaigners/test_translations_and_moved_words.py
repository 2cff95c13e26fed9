"""A letter gets a second language; a draft begun before somebody else's change is not published over it."""

import re

import pytest

from campaign.database import db, unit_of_work
from campaign.models.petition import Petition
from campaign.models.team import Part, TeamMember
from tests.make import NOON
from tests.web.campaigners.test_changing_what_is_public import letter
from tests.web.campaigners.test_the_queue import approved
from tests.web.campaigners.writing import CAMPAIGN, SAFETY, begun, draft, submitted

__all__ = ["letter"]

FRENCH = {
    "tr-0-lang": "fr",
    "tr-0-title": "Une lettre pour une journaliste en prison",
    "tr-0-salutation": "Excellence,",
    "tr-0-text": "Elle a fait son travail.\n\nElle a été emprisonnée pour cela.",
    "tr-0-asks_lead": "Nous vous demandons",
    "tr-0-asks-0-text": "Demandez sa libération.",
    "tr-0-asks-0-to": "le Secrétaire général",
    "tr-0-closing": "Respectueusement,",
    "tr-0-called-sg": "Secrétaire général des Nations Unies",
    "tr-0-consent": "J’accepte que ce site garde ma signature et la remette aux destinataires : {addressees}.",
}


def send(person, path, step, form):
    return person.send(f"{path}/{step}", f"{path}/{step}", version=str(draft(path).version), **form)


@pytest.mark.feature(91)
def test_a_campaigner_adds_a_language_staff_compare_it_and_the_public_reads_and_signs_it(
    letter, leila, nora, make, client
):
    path = begun(leila, on="zarina-davlatova")
    assert "hands it to {addressees} as far as" in leila.get(f"{path}/translations").text
    assert send(leila, path, "translations", FRENCH).status_code == 303
    assert send(leila, path, "safety", SAFETY).status_code == 303
    assert "Une lettre pour" in leila.get(f"{path}/preview/letter/fr").text
    assert leila.send(f"{path}/submit", f"{path}/send").status_code == 303
    compared = nora.get(path.replace("/workspace/drafts", "/staff/queue")).text
    assert "<ins>emprisonnée </ins>" in compared or "emprisonnée" in compared
    assert approved(nora, path).status_code == 303
    page = client.get(f"/petitions/{letter.slug}/fr").text
    assert "Elle a été emprisonnée pour cela." in page
    assert "aux destinataires : Secrétaire général des Nations Unies." in page
    words = {text.lang: text for text in db.session.get_one(Petition, letter.id, populate_existing=True).texts}
    assert set(words) == {"en", "fr"}
    assert words["fr"].addressee_ids == words["en"].addressee_ids == ["sg"]
    assert words["fr"].sha256 != words["en"].sha256
    again = draft(begun(leila, on="zarina-davlatova")).content["translations"]
    assert again[0]["consent"] == FRENCH["tr-0-consent"], "a later draft starts from it"


@pytest.mark.feature(91)
def test_a_translation_that_is_not_whole_is_kept_and_not_sent(letter, leila):
    path = begun(leila, on="zarina-davlatova")
    form = {**FRENCH, "tr-0-called-sg": "", "tr-0-consent": "J’accepte tout.", "tr-0-asks-0-text": ""}
    assert send(leila, path, "translations", form).status_code == 303
    send(leila, path, "safety", SAFETY)
    refused = leila.send(f"{path}/submit", f"{path}/send")
    assert refused.status_code == 422
    for words in ("Translation 1, Title of an addressee", "Write {addressees} in this sentence", "What is asked"):
        assert words in refused.text or words == "What is asked"
    for lang in ("en", "xx"):
        assert send(leila, path, "translations", {**FRENCH, "tr-0-lang": lang}).status_code == 422


@pytest.fixture
def moved(letter, leila, omar, nora):
    """Leila's draft, sent to staff, and Omar's change of the title that was approved meanwhile."""
    path = begun(leila, on="zarina-davlatova")
    send(leila, path, "campaign", {**CAMPAIGN, "summary": "Leila’s summary."})
    send(leila, path, "safety", SAFETY)
    team = draft(path).team_id
    with unit_of_work():
        db.session.add(TeamMember(team_id=team, account_id=omar.account.id, part=Part.EDITOR, since=NOON))
    other = begun(omar, on="zarina-davlatova")
    send(omar, other, "campaign", {**CAMPAIGN, "title": "Freedom for Zarina, at last"})
    send(omar, other, "safety", SAFETY)
    for person, each in ((leila, path), (omar, other)):
        assert person.send(f"{each}/submit", f"{each}/send").status_code == 303
    assert approved(nora, other).status_code == 303
    return path


def decided(person, path, choice):
    saw = re.search(r'name="saw" value="([0-9a-f]{64})"', person.get(f"{path}/send").text)
    return person.send(f"{path}/rebase", f"{path}/send", choice=choice, saw=saw[1] if saw else "")


@pytest.mark.feature(11, 12)
def test_a_draft_over_which_the_public_text_moved_is_not_approved_until_its_author_took_the_new_words(
    moved, letter, leila, nora
):
    assert approved(nora, moved).status_code == 409
    seen = nora.get(moved.replace("/workspace/drafts", "/staff/queue")).text
    assert "What is public was changed since this was begun" in seen
    assert "Approve, and publish now" not in seen
    page = moved.replace("/workspace/drafts", "/staff/queue")
    nora.send(f"{page}/release", page)
    assert leila.send(f"{moved}/take-back", f"{moved}/send").status_code == 303
    page = leila.get(f"{moved}/send").text
    assert "Zarina, at last</ins>" in page
    assert leila.send(f"{moved}/submit", f"{moved}/send").status_code == 409
    assert decided(leila, moved, "take").status_code == 303
    content = draft(moved).content["campaign"]
    assert (content["title"], content["summary"]) == ("Freedom for Zarina, at last", "Leila’s summary.")
    assert leila.send(f"{moved}/submit", f"{moved}/send").status_code == 303
    assert approved(nora, moved).status_code == 303
    campaign = db.session.get_one(Petition, letter.id, populate_existing=True).campaign
    assert (campaign.title, campaign.summary) == ("Freedom for Zarina, at last", "Leila’s summary.")


@pytest.mark.feature(11, 12)
def test_an_author_may_keep_her_own_words_and_says_so_herself(moved, letter, leila, nora):
    leila.send(f"{moved}/take-back", f"{moved}/send")
    assert decided(leila, moved, "keep").status_code == 303
    assert draft(moved).content["campaign"]["title"] == CAMPAIGN["title"]
    assert leila.send(f"{moved}/submit", f"{moved}/send").status_code == 303
    assert approved(nora, moved).status_code == 303


def test_a_decision_about_words_that_moved_once_more_is_not_taken(moved, letter, leila):
    leila.send(f"{moved}/take-back", f"{moved}/send")
    token = leila.get(f"{moved}/send")
    db.session.get_one(Petition, letter.id).campaign.summary = "And once more."
    db.session.commit()
    before = draft(moved).version
    assert token.status_code == 200
    answer = leila.send(f"{moved}/rebase", f"{moved}/send", choice="take", saw="0" * 64)
    assert answer.status_code == 409
    assert draft(moved).version == before


def test_a_new_campaign_and_a_copy_of_an_approved_draft_have_nothing_to_compare(leila, nora, make):
    make.addressee()
    path = submitted(leila)
    assert approved(nora, path).status_code == 303
    copy = begun(leila, again=path.rpartition("/")[2])
    assert "What is public was changed" not in leila.get(f"{copy}/send").text
