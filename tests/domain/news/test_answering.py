"""What was answered is told to those who asked for news, once, wherever it is recorded."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign import worker
from campaign.collaborators import phrases
from campaign.database import db, unit_of_work
from campaign.domain import pausing
from campaign.domain.cases import concluding
from campaign.domain.news import heralding, noticing
from campaign.domain.news.heralding import ToldAlready
from campaign.domain.supporters import subscribing, suppressing
from campaign.models.campaign import State
from campaign.models.delivery import Delivery, DeliveryState
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.supporter import Reason
from campaign.models.update import Update
from tests.make import NOON
from tests.news import subscribers

HOUR, DAY = timedelta(hours=1), NOON.date()
WORDS = "We have raised the case of Mr Rahimzoda, see https://un.example/rahimzoda and our letter of May."


@pytest.fixture
def petition(make):
    petition = make.open_petition()
    subscribers(make, petition.campaign, 3)
    return petition


def answered(petition, text=WORDS, *, on=DAY, source="", closes=False, at=NOON):
    with unit_of_work():
        about = {"from_whom": "The Secretary-General", "text": text, "source": source, "closes": closes}
        return concluding.answer(petition, on=on, by="Nora", at=at, **about)


def delivered(petition, text=WORDS, *, on=DAY):
    """A delivery that was answered on that day."""
    whom = petition.addressees[0].addressee
    about = {"reference": f"{petition.reference}-A1", "level": Level.TOTALS, "state": PacketState.BUILT, "seal": "5ea1"}
    packet = Packet(petition=petition, addressee=whom, created_at=NOON, **about)
    with unit_of_work():
        row = Delivery(packet=packet, state=DeliveryState.ANSWERED, answered_on=on, answer=text)
        db.session.add(row)
    return row


def look(at):
    with unit_of_work():
        return noticing.look(phrases, at=at)


def told():
    return list(db.session.scalars(select(Update).order_by(Update.id)))


@pytest.mark.feature(80)
def test_answers_of_one_day_are_told_together_an_hour_later_and_once(petition):
    answered(petition, source="https://un.example/answer")
    answered(petition, "Another office answered on the same day.")
    assert look(NOON + HOUR - timedelta(minutes=1)) == 0, "a letter can still be taken down"
    assert (look(NOON + HOUR), look(NOON + HOUR)) == (1, 0)
    (row,) = told()
    assert row.texts[0].title == "The letter was answered"
    for words in (
        "Mr Rahimzoda, see [link](",
        "Another office",
        "[Where the answer can be read](https://un.example/answer)",
        f"The Secretary-General answered on {NOON:%-d %B %Y}:",
    ):
        assert words in row.texts[0].body
    answered(petition, "A third one, recorded when the letter had left.", at=NOON + HOUR)
    assert look(NOON + 3 * HOUR) == 0, "it stands on the page; one day is one letter"
    answered(petition, "Of the next day.", on=DAY + timedelta(days=1), at=NOON + timedelta(days=1))
    assert look(NOON + timedelta(days=1) + HOUR) == 1


def test_an_answer_with_which_the_letter_is_closed_is_one_letter_and_a_later_closing_another(make, petition):
    answered(petition, closes=True)
    assert look(NOON + 2 * HOUR) == 1
    assert "The letter is closed with this answer" in told()[0].texts[0].body
    other = make.open_petition()
    subscribers(make, other.campaign, 1)
    answered(other)
    look(NOON + HOUR)
    answered(other, closes=True, at=NOON + 2 * HOUR)
    look(NOON + 4 * HOUR)
    titles = [row.texts[0].title for row in told() if row.campaign_id == other.campaign_id]
    assert titles == ["The letter was answered", "The letter is closed"], "the first one could not say so"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (DAY, "In other words, and shorter."),
        (DAY - timedelta(days=2), f"  {WORDS.upper()}\n"),
        (DAY - timedelta(days=2), WORDS[: len(WORDS) // 2]),
    ],
    ids=["same day", "same words", "a part of them"],
)
def test_the_same_answer_on_a_delivery_and_on_the_page_is_told_once(petition, day, text):
    delivery = delivered(petition)
    with unit_of_work():
        heralding.tell(delivery, phrases, account_id=None, at=NOON)
    answered(petition, text, on=day)
    assert look(NOON + 2 * HOUR) == 0
    assert len(told()) == 1


def test_what_the_page_has_told_of_staff_cannot_tell_of_the_delivery(petition):
    delivery = delivered(petition)
    answered(petition)
    look(NOON + HOUR)
    assert told()[0].texts[0].body.count("Rahimzoda") == 1, "quoted once"
    assert not heralding.may_tell(delivery)
    with pytest.raises(ToldAlready):
        heralding.tell(delivery, phrases, account_id=None, at=NOON + 2 * HOUR)
    answered(petition, "Nothing of that.", on=DAY + timedelta(days=1), at=NOON + timedelta(days=1))
    assert look(NOON + timedelta(days=2)) == 1, "another answer is another letter"


def test_nothing_is_told_of_a_letter_that_was_taken_down_meanwhile(petition):
    answered(petition)
    assert look(NOON + HOUR) == 1
    petition.state = State.TAKEN_DOWN
    db.session.commit()
    assert (look(NOON + HOUR), told()) == (0, [])


@pytest.mark.feature(80)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_an_answer_reaches_who_still_wants_news_alone_and_names_nobody_outside_its_words(make, petition, post_office):
    stopped, listed, _ = subscribers(make, petition.campaign, 3)
    with unit_of_work():
        subscribing.end(stopped.public_id, at=NOON)
        suppressing.add(petition.campaign_id, listed.email_key, Reason.BOUNCED, at=NOON)
    answered(petition, at=make.now() - 2 * HOUR)
    person = petition.campaign.prisoners[0]
    with unit_of_work():
        pausing.pause(person, reason="asked by the family", by="Nora", account_id=None, at=NOON)
    worker.notice()
    worker.send_updates()
    assert (told(), post_office.letters) == ([], []), "nothing leaves about somebody who is paused"
    with unit_of_work():
        pausing.resume(person, account_id=None, at=NOON)
    assert worker.notice() == 1
    worker.send_updates()
    assert len(post_office.letters) == 4, "three and one, of six"
    for letter in post_office.letters:
        words = str(letter.get_body(("plain",)).get_content())
        about = [str(letter["Subject"]), *[word for word in words.split() if word.startswith("http")]]
        for name in ("rahimzoda", petition.slug, petition.reference, petition.campaign.slug, "lawyers"):
            assert name not in " ".join(about).casefold()
