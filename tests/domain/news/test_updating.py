from datetime import timedelta

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.accounts import teaming
from campaign.domain.errors import ReadingOnly
from campaign.domain.news import filling, mailing, segmenting, updating
from campaign.domain.news.segmenting import Segment, SegmentWrong
from campaign.domain.news.updating import Lack, OwnWords, UpdateFixed, UpdateNotReady, UpdateSavedElsewhere, Words
from campaign.domain.packets import delivering
from campaign.models.account import RoleName
from campaign.models.delivery import Outcome
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.team import Part
from campaign.models.update import UpdateState
from tests.make import NOON
from tests.news import account, scheduled, subscribers, team_of, written


@pytest.fixture
def campaign(make):
    return make.open_petition().campaign


@pytest.fixture
def amira(campaign):
    who = account("amira@example.org")
    team_of(campaign, who)
    return who


def lacks(update):
    return {(fault.lack, fault.about) for fault in updating.lacking(update, at=NOON)}


@pytest.mark.parametrize(
    ("body", "lack"),
    [
        ("We are {signatures}.", None),
        ("Handed over on {delivered_on}.", (Lack.VALUE_MISSING, "delivered_on")),
        ("Dear {first_name},", (Lack.VALUE_UNKNOWN, "first_name")),
        ("", (Lack.BODY, "")),
        ("See https://news.example/rahimzoda", (Lack.BARE_ADDRESS, "")),
        ("See &amp;#104;ttps://news.example/rahimzoda", (Lack.BARE_ADDRESS, "")),
        ("See https\\://news.example/rahimzoda", (Lack.BARE_ADDRESS, "")),
        ("See [the news](https://news.example/rahimzoda)", None),
    ],
)
def test_what_is_missing_is_said_before_the_first_letter(make, campaign, amira, body, lack):
    subscribers(make, campaign, 3)
    update = written(make, campaign, amira, body=body)
    assert lacks(update) == ({lack} if lack else set())
    if lack:
        with pytest.raises(UpdateNotReady), unit_of_work():
            updating.send(update, send_at=None, by=amira, at=NOON)
        db.session.expire_all()
        assert update.state is UpdateState.WRITING


def test_every_language_of_the_campaign_is_asked_for_and_so_is_somebody_to_read_it(make, campaign, amira):
    words = campaign.petitions[0].texts[0]
    columns = {c.name: getattr(words, c.name) for c in type(words).__table__.columns if c.name not in {"id", "lang"}}
    db.session.add(type(words)(lang="fr", **columns))
    db.session.commit()
    db.session.expire_all()
    update = written(make, campaign, amira)
    assert {(f.lack, f.lang) for f in updating.lacking(update, at=NOON)} == {
        (Lack.TITLE, "fr"), (Lack.BODY, "fr"), (Lack.NOBODY, ""),
    }  # fmt: skip


def test_the_first_letter_of_a_campaign_is_read_by_staff_who_had_no_hand_in_it(make, campaign, amira):
    noor = account("noor@example.org", RoleName.STAFF)
    subscribers(make, campaign, 3)
    update = written(make, campaign, amira)
    with unit_of_work():
        updating.send(update, send_at=None, by=amira, at=NOON)
    assert (update.state, [u.id for u in updating.waiting()]) == (UpdateState.WAITING, [update.id])
    with pytest.raises(OwnWords):
        updating.approve(update, by=amira, at=NOON)
    with unit_of_work():
        updating.give_back(update, "Name the court.", by=noor, at=NOON)
    assert (update.state, update.returned) == (UpdateState.WRITING, "Name the court.")
    with unit_of_work():
        updating.send(update, send_at=None, by=amira, at=NOON)
        updating.approve(update, by=noor, at=NOON)
    assert update.state is UpdateState.SCHEDULED
    second = written(make, campaign, amira)
    with unit_of_work():
        updating.send(second, send_at=NOON + timedelta(days=1), by=amira, at=NOON)
    assert second.state is UpdateState.SCHEDULED, "whoever was trusted once writes alone"


def test_somebody_who_wrote_it_cannot_leave_the_team_in_order_to_approve_it(make, campaign, amira):
    noor = account("noor@example.org", RoleName.STAFF)
    team = teaming.of_campaign(campaign)
    with unit_of_work():
        teaming._make_owner(team, noor.id, at=NOON)
    subscribers(make, campaign, 1)
    update = written(make, campaign, noor)
    with unit_of_work():
        updating.save(update, {"en": Words("Other", "Words")}, Segment(), version=2, by=amira, at=NOON)
        teaming._make_owner(team, amira.id, at=NOON)
        teaming.remove(team, noor.id, by=amira, at=NOON)
        updating.send(update, send_at=None, by=amira, at=NOON)
    with pytest.raises(OwnWords):
        updating.approve(update, by=noor, at=NOON)


def test_what_was_approved_and_taken_back_has_to_be_approved_again(make, campaign, amira):
    subscribers(make, campaign, 1)
    update = scheduled(make, campaign, at=NOON + timedelta(days=1))
    with unit_of_work():
        updating.take_back(update, by=amira, at=NOON)
    assert (update.state, update.approved_at) == (UpdateState.WRITING, None)
    assert updating.needs_approval(update)
    with pytest.raises(UpdateFixed):
        updating.take_back(update, by=amira, at=NOON)


def test_two_windows_do_not_overwrite_each_other_unseen(make, campaign, amira):
    update = written(make, campaign, amira)
    with pytest.raises(UpdateSavedElsewhere):
        updating.save(update, {"en": Words("Old", "Window")}, Segment(), version=1, by=amira, at=NOON)


def test_a_viewer_writes_nothing_and_nobody_else_finds_it(make, campaign, amira):
    update = written(make, campaign, amira)
    viewer, stranger = account("viewer@example.org"), account("stranger@example.org")
    with unit_of_work():
        team = teaming.of_campaign(campaign)
        teaming._make_owner(team, viewer.id, at=NOON)
        teaming._make_owner(team, amira.id, at=NOON)
        teaming.change_part(team, viewer.id, Part.VIEWER, by=amira, at=NOON)
    assert updating.readable(update.id, viewer) is not None
    with pytest.raises(ReadingOnly):
        updating.writable(update.id, viewer)
    assert updating.readable(update.id, stranger) is None


def test_signs_that_turn_the_reading_direction_and_line_ends_do_not_get_into_an_update(make, campaign, amira):
    title, body = "Good\u202e news\r\nBcc: all@post.example", "Turned &#8238;round &amp;#8238;twice"
    update = written(make, campaign, amira, title=title, body=body)
    assert update.texts[0].title == "Good news Bcc: all@post.example"
    assert update.texts[0].body == "Turned round twice"


@pytest.mark.feature(61)
def test_a_part_is_chosen_by_country_language_petition_and_day_and_never_so_small_that_it_gives_somebody_away(
    make, campaign, amira
):
    first = campaign.petitions[0]
    for n in range(10):
        who = make.signer(country="FR", wants_updates=True)
        make.confirmed_signature(first, who, at=NOON - timedelta(days=n))
    for _ in range(2):
        make.confirmed_signature(first, make.signer(country="DE", wants_updates=True))
    make.confirmed_signature(first, make.signer(country="FR"))
    second = make.open_petition(campaign=campaign)

    def number(**chosen):
        return segmenting.count(campaign.id, Segment(**chosen), at=NOON + timedelta(hours=1))

    assert number() == 12, "whoever did not ask for news is in no part"
    assert [number(country=c) for c in ("FR", "DE", "TJ")] == [10, 2, 0]
    assert [number(petition=p.id) for p in (first, second)] == [12, 0]
    assert [number(lang=lang) for lang in ("en", "fr")] == [12, 0]
    assert number(since=(NOON - timedelta(days=4)).date().isoformat()) == 7
    for country, too_small in (("FR", False), ("", False), ("DE", True)):
        update = written(make, campaign, amira, segment=Segment(country=country))
        found = updating.lacking(update, at=NOON + timedelta(hours=1))
        assert (Lack.SMALL in {fault.lack for fault in found}) == too_small, country
    for wrong in (Segment(country="france"), Segment(petition=second.id + 1), Segment(since="yesterday")):
        with pytest.raises(SegmentWrong):
            segmenting.checked(wrong, campaign)


def handed_over(campaign, outcome):
    packet = Packet(
        reference="TJ-2018-001-A1",
        petition=campaign.petitions[0],
        addressee=campaign.petitions[0].addressees[0].addressee,
        level=Level.TOTALS,
        state=PacketState.BUILT,
        created_at=NOON,
        built_at=NOON,
        sealed_by="Samir",
    )
    with unit_of_work():
        db.session.add(packet)
    with unit_of_work():
        delivery = delivering.prepare(packet, place="office", by="Nora", at=NOON)
        delivering.hand_over(delivery, outcome, on=NOON.date(), place="hall", words="At the gate", by="Nora", at=NOON)
    return delivery


@pytest.mark.parametrize(
    ("lang", "day"),
    [("en", "9 June 2026"), ("fr", "9 juin 2026"), ("es", "9 de junio de 2026"), ("de", "9. Juni 2026")],
)
def test_a_day_is_written_as_its_language_and_the_site_write_it(lang, day):
    assert filling.fill("{delivered_on}", {"delivered_on": "2026-06-09"}, lang) == day


def test_a_value_that_went_before_the_hour_stops_the_letter_and_not_one_leaves(make, campaign, amira):
    subscribers(make, campaign, 3)
    delivery = handed_over(campaign, Outcome.ACCEPTED)
    update = scheduled(make, campaign, body="It was handed over on {delivered_on}.", at=NOON + timedelta(hours=1))
    with unit_of_work():
        delivery.handed_over_on = None
    with unit_of_work():
        assert mailing.begin_due(at=NOON + timedelta(hours=2)) == 0
    assert (update.state, update.approved_at) == (UpdateState.WRITING, None)
    assert update.send_at is not None, "its team reads that it did not leave"
    with unit_of_work():
        assert mailing.fan_out(at=NOON + timedelta(hours=2)) == 0


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.POSTED])
def test_what_was_refused_or_posted_gives_no_day_of_handing_over(make, campaign, amira, outcome):
    subscribers(make, campaign, 3)
    handed_over(campaign, outcome)
    update = written(make, campaign, amira, body="Handed over on {delivered_on}.")
    assert lacks(update) == {(Lack.VALUE_MISSING, "delivered_on")}
