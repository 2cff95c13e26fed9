"""News are asked for without signing, and moved to another address: a form, one answer for everybody, a letter."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from campaign import worker
from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain.errors import LinkUnknown
from campaign.domain.links import Claim, Purpose
from campaign.domain.news import asking, segmenting
from campaign.domain.news.segmenting import Segment
from campaign.domain.supporters import subscribing, suppressing
from campaign.domain.upkeep import subjects
from campaign.domain.upkeep.subjects import Wish
from campaign.models.supporter import NewsRequest, Reason, Subscription, SubscriptionState, Suppression
from tests.fakes import link, words
from tests.make import GIVEN_OUT
from tests.web.filling import stamp_of

ABOUT = re.compile(r"(?:FROM|INTO|UPDATE) (?:subscription|suppression|news_request|letter)\b")
ADDRESS, OTHER = "leila@post.example", "leila@lake.example"


@pytest.fixture
def petition(make):
    GIVEN_OUT.update({ADDRESS, OTHER})
    return make.open_petition()


def subscriptions():
    db.session.rollback()
    return list(db.session.scalars(select(Subscription).order_by(Subscription.id)))


def ask(client, petition, address=ADDRESS, **changed):
    where = f"/campaigns/{petition.campaign.slug}"
    form = {"stamp": stamp_of(client.get(where)), "email": address, "updates": "y"} | changed
    answer = client.post(f"{where}/ask-for-news", data={k: v for k, v in form.items() if v is not None})
    db.session.rollback()
    return answer


def letter_to(post_office, address):
    worker.send_letters()
    return post_office.to(address)[-1]


def confirm(client, letter):
    path = link(letter, "asked").partition("//")[2].partition("/")[2]
    page = client.get(f"/{path}")
    answer = client.post(f"/{path}", data={"stamp": stamp_of(page)} if "stamp" in page.text else {})
    assert answer.status_code == 303
    return page


def own_page(make, row):
    return f"/subscription/{make.links.token(Purpose.SUBSCRIPTION, row.public_id, row.link_version)}"


def subscribed(make, petition, address=ADDRESS):
    make.confirmed_signature(petition, make.signer("Leïla Benhaddou", address, wants_updates=True), at=now())
    return subscriptions()[-1]


@pytest.mark.feature(62, 68)
def test_news_begin_with_the_answered_letter_and_keep_what_was_agreed_to(client, make, tools, petition, post_office):
    assert asking.WORDING in client.get(f"/campaigns/{petition.campaign.slug}").text
    assert ask(client, petition, updates=None).status_code == 422
    assert ask(client, petition).headers["Location"].endswith("/news-asked-for")
    letter = letter_to(post_office, ADDRESS)
    assert subscriptions() == []
    said = str(letter["Subject"]) + words(letter)
    for name in (petition.campaign.title, petition.campaign.slug, petition.slug, petition.reference, "Rahimzoda"):
        assert name not in said
    assert petition.campaign.title in confirm(client, letter).text
    assert "This is confirmed" in confirm(client, letter).text, "again: the same answer"
    (row,) = subscriptions()
    assert (row.wording, row.wording_version, row.organisation) == (asking.WORDING, "form 1", tools.settings.operator)
    assert row.asked_at < row.confirmed_at
    assert (row.campaign_id, make.addresses.open(row.email_box, row.public_id)) == (petition.campaign_id, ADDRESS)
    request = db.session.scalars(select(NewsRequest)).one()
    assert (request.email_box, request.email_key, request.person_key) == (None, None, None)


@pytest.mark.feature(62)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_whoever_asks_is_answered_alike_with_the_same_statements(client, make, petition):
    subscribed(make, petition)
    stopped = make.confirmed_signature(petition, make.signer("Omar", OTHER, wants_updates=True), at=now())
    complained = make.confirmed_signature(
        petition, make.signer("Sara", "sara@post.example", wants_updates=True), at=now()
    )
    with unit_of_work():
        subscribing.end(stopped.public_id, at=now())
        subscribing.end(complained.public_id, reason=Reason.COMPLAINT, at=now())
    heard: list[list[str]] = []

    def listen(_connection, _cursor, statement, *_rest):
        if ABOUT.search(statement):
            heard[-1].append(statement)  # the rest is what each process reads once a second

    answers = []
    for address in (ADDRESS, OTHER, "sara@post.example", "nobody@post.example"):
        stamp = make.links.stamp(now())
        heard.append([])
        event.listen(db.engine, "before_cursor_execute", listen)
        answer = client.post(
            f"/campaigns/{petition.campaign.slug}/ask-for-news", data={"stamp": stamp, "email": address, "updates": "y"}
        )
        event.remove(db.engine, "before_cursor_execute", listen)
        answers.append((answer.status_code, dict(answer.headers), answer.data))
    assert all(answer == answers[0] for answer in answers)
    assert len(heard[0]) == 3
    assert all(statements == heard[0] for statements in heard)


@pytest.mark.feature(64)
@pytest.mark.parametrize("reason", list(Reason))
def test_a_form_lifts_nothing_and_its_answered_letter_all_but_a_complaint(client, make, petition, post_office, reason):
    row = subscribed(make, petition)
    page = own_page(make, row)
    with unit_of_work():
        subscribing.end(row.public_id, reason=reason, at=now())
    assert "/ask-for-news" in client.get(page).text
    ask(client, petition)
    worker.send_letters()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Suppression)) == 1
    letters = [letter for letter in post_office.to(ADDRESS) if "/asked/" in words(letter)]
    if reason is Reason.COMPLAINT:
        assert letters == [], "not even the letter"
        assert subscriptions()[0].state is SubscriptionState.ENDED
        return
    confirm(client, letters[-1])
    (row,) = subscriptions()
    assert (row.state, db.session.scalar(select(Suppression.reason))) == (SubscriptionState.ACTIVE, None)
    assert client.get(page).status_code == 200, "the links of earlier letters go on working"


@pytest.mark.feature(62)
def test_a_signer_asks_on_her_own_page_and_is_known_as_such_from_her_own_mailbox_alone(
    client, make, petition, post_office
):
    hers = make.confirmed_signature(petition, make.signer("Leïla", ADDRESS, country="FR"), at=now())
    path = f"/signature/{make.token(Purpose.SIGNATURE, hers)}"
    for address in (ADDRESS, OTHER):
        form = {"stamp": stamp_of(client.get(path)), "email": address, "updates": "y"}
        assert client.post(f"{path}/news", data=form).status_code == 303
        confirm(client, letter_to(post_office, address))
    one, other = subscriptions()
    assert (one.signed_as, other.signed_as) == (hers.public_id, None)
    from_france = segmenting.conditions(petition.campaign_id, Segment(country="FR"), before=now())
    assert list(db.session.scalars(select(Subscription.id).where(*from_france))) == [one.id]


def test_a_wish_nobody_confirmed_is_forgotten_after_a_week_and_erased_with_its_person(client, make, petition, tools):
    ask(client, petition)
    ask(client, petition, OTHER)
    with unit_of_work():
        subjects.erase(OTHER, Wish.ASKED, seal=make.seal, opener=tools.mail_opener, account_id=None, at=now())
        row = db.session.scalars(select(NewsRequest)).one()
    claim, late = Claim(row.public_id, 1), now() + timedelta(days=7)
    with pytest.raises(asking.NewsExpired):
        asking.confirm(claim, at=late)
    assert not asking.is_wanted(row.public_id, at=late)
    with unit_of_work():
        assert asking.forget(at=late - timedelta(days=1)) == 0
        assert asking.forget(at=late) == 1


# Another address


def move(client, page, address):
    form = {"stamp": stamp_of(client.get(page)), "email": address}
    return client.post(f"{page}/address", data=form)


@pytest.mark.feature(63)
def test_the_address_changes_with_the_answer_of_the_new_mailbox_and_the_old_one_ends_with_it(
    client, make, petition, post_office
):
    old = subscribed(make, petition)
    page, signed_as, asked_at = own_page(make, old), old.signed_as, old.asked_at
    worker.send_letters()
    assert move(client, page, OTHER).status_code == 303
    assert "Nothing changes until" in words(letter_to(post_office, ADDRESS))
    letter = letter_to(post_office, OTHER)
    assert make.addresses.open(subscriptions()[0].email_box, old.public_id) == ADDRESS, "nothing has changed"
    assert "A change waits to be confirmed" in client.get(page).text
    assert "keeps the address with which it was confirmed" in client.get(page).text
    confirm(client, letter)
    confirm(client, letter)
    ended, new = subscriptions()
    assert (ended.state, ended.email_box, new.state) == (SubscriptionState.ENDED, None, SubscriptionState.ACTIVE)
    assert make.addresses.open(new.email_box, new.public_id) == OTHER
    assert (new.signed_as, new.asked_at, new.wording) == (signed_as, asked_at, subscribing.WORDING)
    assert suppressing.is_listed(petition.campaign_id, [ended.email_key])
    assert OTHER not in client.get(page).text


@pytest.mark.feature(63)
def test_the_page_answers_alike_whether_or_not_the_new_address_is_known(client, make, petition, post_office):
    known = subscribed(make, petition, OTHER)
    row = subscribed(make, petition)
    page = own_page(make, row)
    answers = [move(client, page, address).headers["Location"] for address in (OTHER, "new@post.example", ADDRESS)]
    assert len(set(answers)) == 1
    move(client, page, OTHER)
    assert db.session.scalar(select(func.count()).select_from(NewsRequest)) == 1, "the latest wish alone"
    confirm(client, letter_to(post_office, OTHER))
    states = {each.id: each.state for each in subscriptions()}
    assert states == {known.id: SubscriptionState.ACTIVE, row.id: SubscriptionState.ENDED}, "one, and no second"


def test_a_move_that_was_taken_back_or_whose_letters_stopped_meanwhile_moves_nothing(client, make, petition):
    row = subscribed(make, petition)
    page, claim = own_page(make, row), Claim(row.public_id, row.link_version)
    for end in (lambda: client.post(f"{page}/stay"), lambda: client.post(f"{page}/stop")):
        move(client, page, OTHER)
        waiting = db.session.scalars(select(NewsRequest)).one()
        asked = Claim(waiting.public_id, 1)
        assert asking.moves_until(claim, at=now()) is not None
        end()
        db.session.rollback()
        with pytest.raises(LinkUnknown):
            asking.confirm(asked, at=now())
    assert len(subscriptions()) == 1


def test_a_mailbox_that_complained_cannot_be_moved_to_and_the_old_one_goes_on(client, make, petition, post_office):
    gone = subscribed(make, petition, OTHER)
    row = subscribed(make, petition)
    with unit_of_work():
        subscribing.end(gone.public_id, reason=Reason.COMPLAINT, at=now())
    move(client, own_page(make, row), OTHER)
    worker.send_letters()
    assert [letter for letter in post_office.to(OTHER) if "/asked/" in words(letter)] == []
    request = db.session.scalars(select(NewsRequest)).one()
    with unit_of_work():
        asking.confirm(Claim(request.public_id, 1), at=now())
    states = [each.state for each in subscriptions()]
    assert states == [SubscriptionState.ENDED, SubscriptionState.ACTIVE]
