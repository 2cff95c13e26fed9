from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from campaign.database import Base, db, unit_of_work
from campaign.domain import mailboxes
from campaign.domain.errors import PetitionClosed
from campaign.domain.signatures import signing
from campaign.models.campaign import State
from campaign.models.letter import Letter, LetterState
from campaign.models.signature import OPEN_SLOTS, PERSONAL, Signature, SignatureState, Visibility
from tests.make import NOON

A_DAY = timedelta(days=1)


def sign(make, petition, signer, at=NOON):
    with unit_of_work():
        return signing.sign(make.signable(petition), signer, at=at, seal=make.seal)


def rows():
    return list(db.session.scalars(select(Signature).order_by(Signature.id)))


def letters():
    """The kinds of the letters that somebody is to get."""
    wanted = Letter.state != LetterState.NOT_WANTED
    return list(db.session.scalars(select(Letter.kind).where(wanted).order_by(Letter.id)))


def refused():
    """The empty rows of forms that were refused in silence."""
    return [row for row in rows() if row.state is SignatureState.EXPIRED]


def everything_stored():
    """Every value of every row of every table, as bytes."""
    values = []
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            values += [value if isinstance(value, bytes) else repr(value).encode() for value in row]
    return b"\n".join(values)


@contextmanager
def statements():
    """The statements that the database is sent meanwhile."""
    seen = []

    def listen(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    yield seen
    event.remove(db.engine, "before_cursor_execute", listen)


@pytest.mark.feature(19, 22)
def test_a_form_makes_a_pending_row_and_one_letter_and_counts_nothing(make):
    petition = make.open_petition()
    sign(make, petition, make.signer(visibility=Visibility.INITIALS))
    make.count(petition)
    (row,) = rows()
    assert (row.state, row.number, row.visibility) == (SignatureState.PENDING, None, Visibility.INITIALS)
    assert letters() == ["confirm-signature"]
    assert petition.signature_count == 0


@pytest.mark.feature(27)
def test_signing_twice_looks_like_signing_once(make):
    petition, leila = make.open_petition(), make.signer()
    answers = [sign(make, petition, leila) for _ in range(2)]
    assert answers == [None, None]
    assert letters() == ["confirm-signature", "confirm-signature"]


@pytest.mark.feature(27)
def test_new_known_and_silently_refused_forms_run_the_same_statements_in_the_same_order(make):
    petition, leila = make.open_petition(), make.signer()
    signable = make.signable(petition)
    runs = []
    for _ in range(len(OPEN_SLOTS) + 2):
        with statements() as seen, unit_of_work():
            signing.sign(signable, leila, at=NOON, seal=make.seal)
        runs.append(seen)
    assert len(refused()) == 2
    assert all(run == runs[0] for run in runs)
    assert len(runs[0]) == 2


@pytest.mark.feature(32)
def test_an_address_has_three_unconfirmed_forms_at_most_and_no_letter_for_the_fourth(make):
    petition, leila = make.open_petition(), make.signer()
    for _ in range(4):
        sign(make, petition, leila)
    assert [row.slot for row in rows()] == [1, 2, 3, None]
    assert len(letters()) == 3


def test_a_form_refused_in_silence_leaves_an_empty_row_so_that_no_clock_can_tell(make):
    petition, leila = make.open_petition(), make.signer()
    for _ in range(4):
        sign(make, petition, leila)
    (row,) = refused()
    assert [getattr(row, column) for column in PERSONAL] == [None] * len(PERSONAL)
    assert len(rows()) == db.session.scalar(select(func.count()).select_from(Letter)) == 4


@pytest.mark.feature(32)
def test_an_address_gets_five_letters_a_day_about_one_petition(make):
    petition, leila = make.open_petition(), make.signer()
    for i in range(7):
        sign(make, petition, leila, at=NOON + timedelta(minutes=i))
        for row in rows():
            if row.state is SignatureState.PENDING:
                make.withdraw(row)
                row.email_key = make.seal.email_key(
                    petition.hash_secret, leila.email, mailboxes.SHIPPED
                )  # as if only confirmed
                db.session.commit()
    assert len(letters()) == 5
    sign(make, petition, leila, at=NOON + A_DAY + timedelta(minutes=10))
    assert len(letters()) == 6


def test_the_limit_of_one_petition_says_nothing_about_another(make):
    leila, other = make.signer(), make.open_petition()
    for petition in (make.open_petition(), other):
        for _ in range(3):
            sign(make, petition, leila)
    assert len(letters()) == 6


@pytest.mark.feature(28)
@pytest.mark.parametrize("spelled", ["Leila@Post.example", " leila@post.EXAMPLE ", "LEILA@POST.EXAMPLE."])
def test_capital_letters_make_no_second_person_of_an_address(make, spelled):
    petition = make.open_petition()
    for email in ("leila@post.example", spelled):
        sign(make, petition, make.signer("Leila", email))
    one, other = rows()
    assert one.email_key == other.email_key


def test_the_keys_of_one_person_differ_from_petition_to_petition(make):
    leila = make.signer()
    for _ in range(2):
        sign(make, make.open_petition(), leila)
    one, other = rows()
    assert not {one.email_key, one.name_key} & {other.email_key, other.name_key}


@pytest.mark.feature(5, 116)
def test_nothing_of_a_person_is_written_under_the_campaigns_secret_while_there_is_one_letter(make):
    sign(make, make.open_petition(), make.signer())
    sign(make, make.open_petition(), make.signer(wants_updates=True))
    one, other = rows()
    assert (one.person_key, one.person_name_key, one.subscription_key) == (None, None, None)
    assert (other.person_key, other.person_name_key) == (None, None)
    assert other.subscription_key is not None, "who asks for news is known by that alone"


def test_petitions_of_one_campaign_know_the_same_person_by_the_campaigns_key(make):
    leila, campaign = make.signer(), make.campaign()
    letters = [make.open_petition(campaign=campaign) for _ in range(2)]
    for letter in letters:
        sign(make, letter, leila)
    one, other = rows()
    assert (one.person_key, one.person_name_key) == (other.person_key, other.person_name_key)
    assert None not in (one.person_key, one.person_name_key)
    assert one.email_key != other.email_key


@pytest.mark.feature(99, 119)
def test_nothing_in_the_database_shows_who_signed(make):
    sign(make, make.open_petition(), make.signer("Leila Benhaddou", "leila@post.example", wants_updates=True))
    (row,) = rows()
    stored = everything_stored().lower()
    assert b"leila" not in stored
    assert b"benhaddou" not in stored
    assert b"post.example" not in stored
    assert make.names.open(row.name_box, row.public_id) == "Leila Benhaddou"
    assert make.addresses.open(row.email_box, row.public_id) == "leila@post.example"


@pytest.mark.parametrize("state", [s for s in State if s is not State.OPEN])
def test_only_an_open_petition_can_be_signed(make, state):
    signable = replace(make.signable(make.open_petition()), state=state)
    with pytest.raises(PetitionClosed):
        signing.sign(signable, make.signer(), at=NOON, seal=make.seal)
    assert db.session.scalar(select(func.count()).select_from(Signature)) == 0


def test_a_petition_is_closed_from_the_moment_on_that_was_set(make):
    signable = make.signable(make.open_petition(closes_at=NOON))
    signing.sign(signable, make.signer(), at=NOON - timedelta(seconds=1), seal=make.seal)
    with pytest.raises(PetitionClosed):
        signing.sign(signable, make.signer(), at=NOON, seal=make.seal)


def test_who_wants_only_to_be_counted_needs_no_name(make):
    sign(make, make.open_petition(), make.signer("", visibility=Visibility.COUNTED))
    (row,) = rows()
    assert not row.has_name
    assert make.names.open(row.name_box, row.public_id) == ""


def test_a_signer_and_a_petition_show_nothing_secret_when_they_are_printed(make):
    leila, signable = make.signer("Leila Benhaddou", "leila@post.example"), make.signable(make.open_petition())
    assert "Leila" not in repr(leila)
    assert "post.example" not in repr(leila)
    assert repr(signable.hash_secret) not in repr(signable)
    assert repr(signable.campaign_secret) not in repr(signable)
