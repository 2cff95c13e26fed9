import threading
import time
from datetime import timedelta

import pytest
from huey import MemoryHuey
from sqlalchemy import select

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import posting
from campaign.domain.links import Purpose
from campaign.domain.signatures import signing
from campaign.domain.supporters import relinking, suppressing
from campaign.models.letter import Letter, LetterState
from campaign.models.signature import Signature
from campaign.models.supporter import Reason
from campaign.web.public.memory import memory
from tests.fakes import link, words
from tests.make import NOON
from tests.web.filling import leila, sign, typed


def send():
    db.session.commit()
    settled = worker.send_letters()
    db.session.expire_all()
    return settled


def letters():
    return [(row.state.value, row.fault) for row in db.session.scalars(select(Letter).order_by(Letter.id))]


def make_due():
    """A minute or more has passed."""
    for row in db.session.scalars(select(Letter)):
        row.due_at = now()
    db.session.commit()


def test_a_letter_is_sent_once_to_the_address_in_the_box(make, post_office):
    make.pending_signature(signer=make.signer("Leila", "leila@post.example"))
    assert [send(), send()] == [1, 0]
    (message,) = post_office.to("leila@post.example")
    assert "/confirm/" in link(message, "confirm")
    assert letters() == [("sent", None)]


def test_many_letters_go_over_few_connections_and_each_goes_once(make, post_office):
    petition = make.open_petition()
    people = [make.signer() for _ in range(worker.BATCH + 5)]
    for person in people:
        make.pending_signature(petition, person)
    assert send() == len(people)
    assert sorted(str(m["To"]) for m in post_office.letters) == sorted(p.email for p in people)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("451 later", "queued"),
        ("421 busy", "queued"),
        ("452 full", "queued"),
        ("550 no", "failed"),
        ("554 spam", "failed"),
    ],
)
def test_a_temporary_refusal_is_tried_again_and_a_final_one_is_not(make, post_office, said, state):
    make.pending_signature()
    post_office.answer = lambda _: said
    send()
    assert letters() == [(state, f"smtp {said[:3]}")]
    post_office.answer = lambda _: "250 taken"
    make_due()
    send()
    assert len(post_office.letters) == (1 if state == "queued" else 0)


def test_a_server_that_stops_loses_nothing_and_the_letters_go_when_it_is_back(make, post_office):
    petition = make.open_petition()
    for _ in range(3):
        make.pending_signature(petition)
    post_office.close()
    assert send() == 0
    assert letters() == [("queued", None)] * 3
    assert set(db.session.scalars(select(Letter.attempts))) == {0}
    post_office.open_again()
    make_due()
    assert send() == 3
    assert len(post_office.letters) == 3


def test_a_server_that_hangs_up_in_the_middle_is_called_again(make, post_office):
    petition = make.open_petition()
    for _ in range(4):
        make.pending_signature(petition)
    post_office.hangs_up_after = 2
    send()
    make_due()
    send()
    assert letters() == [("sent", None)] * 4
    assert len({m["Message-ID"] for m in post_office.letters}) == 4


@pytest.mark.parametrize("wanted", ["confirmed", "withdrawn", "expired"])
def test_a_letter_that_nobody_wants_any_more_when_its_turn_comes_is_not_sent(make, post_office, wanted):
    signature = make.pending_signature()
    if wanted == "confirmed":
        make.confirm(signature, at=now())
    elif wanted == "withdrawn":
        make.withdraw(signature)
    else:
        signature.created_at = NOON.replace(year=2020)
    send()
    assert letters() == [("not_wanted", None)]
    assert post_office.attempts == 0


def test_a_letter_whose_address_this_node_cannot_open_waits_and_stops_no_other(make, post_office):
    first, second = (make.pending_signature(make.open_petition()) for _ in range(2))
    first.email_box = second.email_box  # a box of another row
    send()
    assert letters() == [("queued", "address box not readable here"), ("sent", None)]


def test_a_worker_that_died_with_letters_in_its_hands_is_followed_by_one_that_sends_them(make, post_office):
    make.pending_signature()
    with unit_of_work():
        assert posting.claim(10, at=now())
    assert send() == 0
    make_due()  # its lease is over
    assert send() == 1
    assert len(post_office.letters) == 1


def test_all_ones_links_come_in_one_letter_and_none_comes_to_who_has_none(make, post_office):
    for wants_updates in (False, True):
        leila = make.signer("Leila", "leila@post.example", wants_updates=wants_updates)
        make.confirmed_signature(make.open_petition(), leila, at=now())
    for address in ("leila@post.example", "nobody@post.example"):
        with unit_of_work():
            relinking.mail_links(address, lang="en", at=now(), seal=make.seal)
    send()
    send()
    assert post_office.to("nobody@post.example") == []
    (message,) = (each for each in post_office.to("leila@post.example") if each["Subject"] == "Your links")
    assert words(message).count("/signature/") == 2
    assert words(message).count("/subscription/") == 1


def test_signing_does_not_wait_for_a_slow_mail_server(make, app, post_office):
    petition = make.open_petition()
    make.pending_signature(petition)
    signable, signer = make.signable(petition), make.signer()
    db.session.commit()
    post_office.waits = 2.0

    def send_slowly():
        with app.app_context():
            worker.send_letters()

    sending = threading.Thread(target=send_slowly)
    sending.start()
    while not post_office.attempts:
        time.sleep(0.01)
    begun = time.monotonic()
    with unit_of_work():
        signing.sign(signable, signer, at=now(), seal=make.seal)
    took = time.monotonic() - begun
    post_office.waits = 0.0
    sending.join()
    assert took < 0.5
    assert len(db.session.scalars(select(Signature)).all()) == 2


def test_the_counter_brings_every_petition_up_to_date(make):
    one, other = make.open_petition(), make.open_petition()
    make.confirmed_signatures(3, one)
    make.confirmed_signatures(2, other)
    db.session.commit()
    assert worker.count_signatures() == 5
    db.session.expire_all()
    assert (one.signature_count, other.signature_count) == (3, 2)
    assert worker.count_signatures() == 0


def test_what_is_over_is_forgotten_every_hour(make):
    signature = make.pending_signature(at=NOON.replace(year=2020))
    letter = db.session.scalars(select(Letter)).one()
    letter.state = LetterState.SENT
    db.session.commit()
    worker.forget()
    db.session.expire_all()
    assert signature.name_box is None
    assert db.session.scalars(select(Letter)).all() == []


def test_a_slow_server_ends_a_batch_before_its_lease_does_and_no_letter_goes_twice(make, post_office):
    petition = make.open_petition()
    for _ in range(3):
        make.pending_signature(petition)
    assert worker.send_letters(patience=timedelta(0)) == 1
    db.session.expire_all()
    assert letters() == [("sent", None), ("queued", None), ("queued", None)]
    make_due()
    assert send() == 2
    assert len(post_office.letters) == 3


def test_one_bell_is_enough_for_all_that_is_committed_within_half_a_second(app):
    queue = MemoryHuey(results=False)
    bells = worker.Worker(app, queue)
    for _ in range(20):
        bells.ring("letters")
    bells.ring("count")
    assert queue.pending_count() == 2


def test_a_queue_that_is_down_costs_no_request(app):
    class Down(MemoryHuey):
        def enqueue(self, task):
            raise ConnectionError

    worker.Worker(app, Down(results=False)).ring("letters")


def test_every_minute_what_no_bell_announced_is_looked_for(app):
    names = {type(task).__name__ for task in app.extensions["huey"]._registry.periodic_tasks}
    assert {f"sweep_{name}" for name in worker.LOOKS} <= names
    assert "forget" in names


def test_who_asked_for_news_is_welcomed_once_confirmed_and_nobody_else_is(make, post_office):
    petition = make.open_petition()
    make.confirmed_signature(petition, make.signer(email="quiet@post.example"), at=now())
    asked = make.confirmed_signature(petition, make.signer(email="asks@post.example", wants_updates=True), at=now())
    make.confirm(asked, at=now())
    send()
    assert post_office.to("quiet@post.example") == []
    (letter,) = post_office.to("asks@post.example")
    said = words(letter)
    assert str(letter["Subject"]) == "Thank you"
    assert petition.campaign.title not in said
    assert make.token(Purpose.SIGNATURE, asked) in said
    assert "/unsubscribe/" in said


def test_what_the_mail_server_cannot_do_is_known_to_the_forms_once_a_letter_was_sent_and_forgotten_when_it_can(
    make, client, post_office
):
    petition, hers = make.open_petition(), "лейла@post.example"

    def form():
        memory().forget()
        return sign(client, petition.slug, email=hers)

    assert form().status_code == 303, "nothing is known yet"
    post_office.close()
    post_office.open(enable_SMTPUTF8=False)
    send()
    assert db.session.scalars(select(Letter.fault)).one() == "smtp without SMTPUTF8"
    answer = form()
    assert answer.status_code == 422
    assert "our mail server cannot write to such a mailbox" in answer.text
    assert typed(answer) == leila(email=hers), "everything typed is kept"
    assert sign(client, petition.slug, email="leila@почта.example").status_code == 303, "a domain is written in ASCII"
    post_office.close()
    post_office.open_again()
    send()
    assert form().status_code == 303


def test_who_asks_for_news_with_a_second_form_is_sent_to_her_one_signature(make, post_office):
    petition = make.open_petition()
    hers = make.confirmed_signature(petition, make.signer("Leila", "leila@post.example"), at=now())
    for _ in range(2):
        wish = make.signer("Leila", "leila@post.example", wants_updates=True)
        make.confirmed_signature(petition, wish, at=now())
    send()
    (letter,) = [letter for letter in post_office.to("leila@post.example") if letter["Subject"] == "Thank you"]
    assert make.token(Purpose.SIGNATURE, hers) in words(letter)
    assert "/unsubscribe/" in words(letter)


def test_one_last_letter_tells_whoever_withdraws_and_takes_the_address_with_it(make, post_office):
    petition = make.open_petition()
    for who in ("goes", "hushed", "left"):
        signature = make.confirmed_signature(petition, make.signer(email=f"{who}@post.example"), at=now())
        signature.wants_silence = who == "hushed"
        if who == "left":
            key = make.seal.subscription_key(petition.campaign.hash_secret, "left@post.example")
            suppressing.add(petition.campaign_id, key, Reason.BOUNCED, at=now())
        db.session.commit()
        make.withdraw(signature, at=now())
    make.withdraw(make.pending_signature(petition, make.signer(email="never@post.example"), at=now()), at=now())
    send()
    (letter,) = post_office.to("goes@post.example")
    assert str(letter["Subject"]) == "It is withdrawn"
    assert petition.campaign.title not in words(letter)
    assert petition.slug not in words(letter)
    assert not any(post_office.to(f"{who}@post.example") for who in ("hushed", "left", "never"))
    assert db.session.scalars(select(Letter.email_box).where(Letter.email_box.is_not(None))).all() == []
