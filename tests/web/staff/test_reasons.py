"""The reasons for which drafts are rejected: a list that admins keep while the site runs."""

import pytest

from campaign.database import db
from campaign.domain.drafts import reasoning
from campaign.models.draft import RejectionReason
from campaign.models.journal import JournalEntry
from campaign.models.letter import Letter
from tests.web.campaigners.conftest import leila as leila
from tests.web.campaigners.writing import submitted
from tests.web.staff.people import Person

CLEARER = "Say in one sentence what you ask for, and of whom."


def codes() -> list[str]:
    db.session.rollback()
    return [reason.code for reason in reasoning.offered()]


@pytest.mark.feature(10)
def test_a_fresh_site_begins_with_the_reasons_that_are_shipped(app):
    assert [(r.code, r.sentence) for r in reasoning.offered()] == list(reasoning.SHIPPED)


@pytest.mark.feature(10)
def test_admins_add_reword_order_and_retire_reasons_and_the_journal_says_so(samir: Person, nora: Person):
    assert samir.send("/staff/reasons", "/staff/reasons", sentence="  It is   not about a person. ").status_code == 303
    own = codes()[-1]
    assert "It is not about a person." in nora.get("/staff/reasons").text
    assert samir.send("/staff/reasons/unclear", "/staff/reasons", sentence=CLEARER).status_code == 303
    assert samir.send(f"/staff/reasons/{own}/up", "/staff/reasons").status_code == 303
    assert codes()[-2:] == [own, "unclear"]
    assert samir.send(f"/staff/reasons/{own}/down", "/staff/reasons").status_code == 303
    assert samir.send("/staff/reasons/violence/retire", "/staff/reasons").status_code == 303
    assert "violence" not in codes()
    assert samir.send("/staff/reasons/violence/bring-back", "/staff/reasons").status_code == 303
    assert codes() == [code for code, _ in reasoning.SHIPPED] + [own]
    acts = db.session.scalars(
        db.select(JournalEntry.act).where(JournalEntry.subject_kind == "reason").order_by(JournalEntry.id)
    ).all()
    assert acts == [
        "reason added",
        "reason reworded",
        *["reasons ordered"] * 2,
        "reason retired",
        "reason brought back",
    ]
    assert nora.send("/staff/reasons/unclear/retire").status_code == 403
    assert nora.send("/staff/reasons", sentence="No").status_code == 403


@pytest.mark.feature(10)
def test_a_sentence_is_needed_and_stands_on_the_list_once(samir: Person):
    known = reasoning.SHIPPED[0][1]
    for sentence in ("", " ", "x" * 301, known):
        answer = samir.send("/staff/reasons", "/staff/reasons", sentence=sentence)
        assert answer.status_code == 422
        assert sentence.strip() in answer.text, "what was typed is kept"
    assert samir.send("/staff/reasons/unclear", "/staff/reasons", sentence=known).status_code == 422
    for code in codes()[1:]:
        samir.send(f"/staff/reasons/{code}/retire", "/staff/reasons")
    assert samir.send("/staff/reasons/known_already/retire", "/staff/reasons").status_code == 409
    assert codes() == ["known_already"], "without a reason nothing could be rejected"


@pytest.mark.feature(10)
def test_a_decision_and_its_letter_keep_the_sentence_of_their_day(leila, nora, samir, tools, make):
    make.addressee()
    path = submitted(leila)
    page = path.replace("/workspace/drafts", "/staff/queue")
    samir.send("/staff/reasons/violence/retire", "/staff/reasons")
    nora.send(f"{page}/hold")
    assert nora.send(f"{page}/reject", reason="violence").status_code == 422, "a retired one is not offered any more"
    samir.send("/staff/reasons/unclear", "/staff/reasons", sentence=CLEARER)
    assert CLEARER in nora.get(page).text
    assert nora.send(f"{page}/reject", reason="unclear").status_code == 303
    samir.send("/staff/reasons/unclear", "/staff/reasons", sentence="Something else altogether.")
    samir.send("/staff/reasons/unclear/retire", "/staff/reasons")
    message = tools.writer.write(db.session.scalars(db.select(Letter)).one(), at=make.now())
    for text in (message.body, message.html, leila.get(f"{path}/send").text, nora.get(page).text):
        assert CLEARER in text
    assert db.session.get_one(RejectionReason, "unclear").retired_at is not None
