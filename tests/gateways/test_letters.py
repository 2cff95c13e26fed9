import re

import flask_mail
import pytest
from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import posting
from campaign.domain.errors import SealBroken
from campaign.domain.links import Purpose
from campaign.domain.signatures import confirming, withdrawing
from campaign.domain.supporters import relinking
from campaign.models.letter import Letter
from tests.fakes import LINK
from tests.make import NOON

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def write(tools, client):
    def write():
        (letter,) = db.session.scalars(select(Letter))
        return tools.writer.write(letter, at=NOON)

    return write


def everything(message):
    return "\n".join([message.subject, message.body, message.html, str(message.extra_headers), message.msgId])


def test_a_letter_names_neither_prisoner_nor_petition_nor_signer(make, write):
    prisoner = make.prisoner(native="Фирдавс Раҳимзода")
    petition = make.open_petition(campaign=make.campaign(prisoners=[prisoner]))
    make.pending_signature(petition, make.signer("Leila Benhaddou", "leila@post.example"))
    said = everything(write())
    for told in (
        *(n.text for n in prisoner.names), prisoner.slug, petition.slug, petition.text.title, petition.reference,
        petition.campaign.title, petition.campaign.slug, "Leila", "petition", "prison", "Secretary",
    ):  # fmt: skip
        assert told.casefold() not in said.casefold()


def test_the_first_letter_holds_both_links_and_each_does_what_it_says(make, tools, write):
    signature = make.pending_signature()
    body = write().body
    tokens = {url.split("/")[-2]: url.split("/")[-1] for url in LINK.findall(body) if url.count("/") == 4}
    assert set(tokens) == {"confirm", "signature"}
    with unit_of_work():
        confirming.confirm(tools.links.claim(Purpose.CONFIRM, tokens["confirm"]), at=NOON)
    assert withdrawing.show(tools.links.claim(Purpose.SIGNATURE, tokens["signature"])).country == "FR"
    assert signature.state == "confirmed"


def test_text_and_html_hold_the_same_links(make, write):
    make.pending_signature()
    message = write()
    assert set(LINK.findall(message.body)) == {url.partition('"')[0] for url in LINK.findall(message.html)}


def test_a_letter_carries_the_postal_line_and_loads_nothing(make, write, tools):
    make.pending_signature()
    message = write()
    assert tools.settings.mail_postal_address in message.body
    assert "<img" not in message.html
    assert " src=" not in message.html
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_letter_sent_again_has_the_same_message_id_and_date(make, write):
    make.pending_signature()
    one, again = write(), write()
    assert (one.msgId, one.date) == (again.msgId, again.date)


def test_the_address_is_opened_only_with_the_key_of_this_row(make, write):
    signature = make.pending_signature()
    signature.email_box = make.seal.address_box("leila@post.example", b"another row 1234")
    with pytest.raises(SealBroken):
        write()


def test_who_asked_for_silence_and_confirmed_is_never_written_to(make, write):
    make.confirmed_signature(signer=make.signer(wants_silence=True))
    assert write() is None


def test_links_that_were_asked_for_and_withdrawn_meanwhile_are_left_out(make, tools):
    leila = make.signer("Leila", "leila@post.example")
    kept, withdrawn = (make.confirmed_signature(make.open_petition(), leila) for _ in range(2))
    with unit_of_work():
        relinking.mail_links("leila@post.example", lang="en", at=now(), seal=make.seal)
    make.withdraw(withdrawn)
    letter = db.session.scalars(select(Letter).where(Letter.kind == "your-links")).one()
    body = tools.writer.write(letter, at=now()).body
    assert make.token(Purpose.SIGNATURE, kept) in body
    assert body.count("/signature/") == 1


def test_a_letter_of_links_to_somebody_who_has_none_is_not_written(make, tools):
    make.confirmed_signature()
    with unit_of_work():
        relinking.mail_links("nobody@post.example", lang="en", at=now(), seal=make.seal)
    letter = db.session.scalars(select(Letter).where(Letter.kind == "your-links")).one()
    assert tools.writer.write(letter, at=now()) is None


def test_a_letter_to_an_account_that_was_closed_is_not_written(make, tools):
    letter = Letter(kind="account-changed", account_id=987654, email_box=None, params={}, lang="en")
    assert tools.writer.write(letter, at=NOON) is None


def test_a_letter_in_the_database_holds_no_link_and_no_address(make):
    make.pending_signature(signer=make.signer("Leila", "leila@post.example"))
    with unit_of_work():
        posting.post("your-links", at=NOON, email_box=b"box")
    for row in db.session.execute(select(Letter.__table__)):
        assert "http" not in repr(row)
        assert "leila" not in repr(row).lower()


def test_a_letter_leaves_in_the_bytes_that_flask_mail_would_write(make, write):
    make.pending_signature()
    letter = write()
    letter.subject = "Please confirm – подтвердите"
    boundary = re.compile(rb"={10,}\d+==")
    assert boundary.sub(b"", letter.as_bytes()) == boundary.sub(b"", _bare(letter).as_bytes())


def _bare(letter):
    bare = flask_mail.Message(sender=letter.sender, recipients=letter.recipients)
    bare.__dict__.update(vars(letter))
    return bare
