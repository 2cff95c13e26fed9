from sqlalchemy import event, select

from campaign.database import db, unit_of_work
from campaign.domain.supporters import relinking
from campaign.models.letter import Letter
from tests.make import NOON


def ask(make, address):
    with unit_of_work():
        relinking.mail_links(address, lang="en", at=NOON, seal=make.seal)
    return db.session.scalars(select(Letter).where(Letter.kind == "your-links").order_by(Letter.id.desc())).first()


def found(make, address):
    return list(relinking.signatures_of(address, seal=make.seal))


def test_a_person_gets_the_links_of_all_signatures_of_the_address_on_every_petition(make):
    leila, other = make.signer("Leila", "leila@post.example"), make.signer()
    rows = [make.confirmed_signature(make.open_petition(), leila) for _ in range(2)]
    rows.append(make.pending_signature(make.open_petition(), leila))
    make.confirmed_signature(make.open_petition(), other)
    assert found(make, " LEILA@post.example") == rows


def test_the_letter_holds_the_address_in_a_box_bound_to_itself_and_nothing_of_its_signatures(make):
    for _ in range(2):
        make.confirmed_signature(make.open_petition(), make.signer("Leila", "leila@post.example"))
    letter = ask(make, "leila@post.example")
    assert make.addresses.open(letter.email_box, letter.public_id) == "leila@post.example"
    assert (letter.params, letter.signature_id) == ({}, None)


def test_a_withdrawn_signature_has_no_link_any_more(make):
    leila = make.signer("Leila", "leila@post.example")
    make.withdraw(make.confirmed_signature(signer=leila))
    assert found(make, "leila@post.example") == []


def test_known_and_unknown_addresses_run_the_same_statements(make):
    make.confirmed_signature(signer=make.signer("Leila", "leila@post.example"))
    runs = []
    for address in ("leila@post.example", "nobody@post.example"):
        seen = []

        def listen(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", listen)
        with unit_of_work():
            relinking.mail_links(address, lang="en", at=NOON, seal=make.seal)
        event.remove(db.engine, "before_cursor_execute", listen)
        runs.append(seen)
    assert runs[0] == runs[1]
    assert runs[0]
