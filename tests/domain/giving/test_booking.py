"""The books of giving: twice is once, late is in time, and numbers have no gap."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.database import db, take_bells, unit_of_work
from campaign.domain import alerting, posting
from campaign.domain.giving import acknowledging, attending, booking, funding, hearing
from campaign.domain.giving.paying import DisputeSeen, DonorSeen, Told
from campaign.domain.signatures import forgetting
from campaign.models.donation import Donor, Gift, GiftState, Issuer, Plan, PlanState, Receipt, ReceiptKind
from campaign.models.letter import Letter
from campaign.models.movement import Movement, PaymentReport
from tests.gifts import LEILA, Giving, refunded
from tests.make import NOON


@pytest.fixture
def giving(make):
    return Giving(make)


def book(giving, *looks):
    for look in looks:
        with unit_of_work():
            booking.book(look, giving.books, at=NOON)
    take_bells()


def rows(of):
    return db.session.scalars(db.select(of).order_by(of.id)).all()


def letters():
    return [letter.kind for letter in rows(Letter)]


@pytest.mark.feature(85)
def test_a_gift_seen_many_times_is_one_gift_one_line_one_receipt_and_one_letter(giving):
    look = giving.look(giving.charge())
    book(giving, look, look, replace(look, asked_at=NOON + timedelta(minutes=1)))
    (gift,), (line,), (receipt,) = rows(Gift), rows(Movement), rows(Receipt)
    assert (gift.amount, gift.state, line.net, receipt.reference) == (2500, GiftState.PAID, 2450, "OP-000001")
    assert letters() == ["gift-receipt"]


@pytest.mark.feature(88)
def test_an_older_look_never_overwrites_a_newer_one(giving):
    charge = giving.charge()
    later = giving.look(refunded(charge, 1000), at=NOON + timedelta(seconds=5))
    book(giving, later, giving.look(charge))
    assert [gift.refunded for gift in rows(Gift)] == [1000]
    assert [receipt.kind for receipt in rows(Receipt)] == [ReceiptKind.RECEIPT, ReceiptKind.CREDIT_NOTE]


@pytest.mark.feature(88)
def test_refunds_and_disputes_change_the_gift_and_leave_a_credit_note_each(giving):
    charge = giving.charge()
    partly = refunded(charge, 1000, id="re_a")
    lost = replace(giving.charge(), disputes=(DisputeSeen("dp_b", 2500, "needs_response"),))
    book(giving, giving.look(charge), giving.look(partly), giving.look(lost))
    assert [gift.state for gift in rows(Gift)] == [GiftState.PAID, GiftState.DISPUTED]
    assert "questioned at a bank" in alerting.unseen()[0].says
    over = replace(lost, disputes=(DisputeSeen("dp_b", 2500, "lost"),))
    back = replace(refunded(partly, 1000, "failed", id="re_a"), refunded=0)
    book(giving, giving.look(over), giving.look(back), giving.look(back))
    assert [(gift.state, gift.refunded) for gift in rows(Gift)] == [(GiftState.PAID, 0), (GiftState.LOST, 0)]
    kinds = [(receipt.kind, receipt.amount, receipt.number) for receipt in rows(Receipt)]
    assert kinds == [
        (ReceiptKind.RECEIPT, 2500, 1),
        (ReceiptKind.CREDIT_NOTE, 1000, 2),
        (ReceiptKind.RECEIPT, 2500, 3),
        (ReceiptKind.CREDIT_NOTE, 2500, 4),
        (ReceiptKind.REINSTATED, 1000, 5),
    ]


def test_numbers_have_no_gap_also_when_a_booking_is_rolled_back(giving):
    with pytest.raises(RuntimeError), unit_of_work():
        booking.book(giving.look(giving.charge()), giving.books, at=NOON)
        raise RuntimeError
    take_bells()
    book(giving, *(giving.look(giving.charge()) for _ in range(3)))
    (issuer,) = rows(Issuer)
    assert [receipt.number for receipt in rows(Receipt)] == [1, 2, 3]
    assert (issuer.last_number, acknowledging.gaps(issuer)) == (3, [])


def test_a_credit_note_comes_from_whoever_gave_the_receipt(giving):
    charge = giving.charge()
    book(giving, giving.look(charge))
    with unit_of_work():
        sponsor = funding.write_issuer(
            None, code="FS", name="Sponsor", address="2 Road", tax_line="EIN 00", wording="Thanks"
        )
        funding.of(giving.campaign.id).issuer = sponsor
    book(giving, giving.look(refunded(charge, 2500)), giving.look(giving.charge()))
    assert [receipt.reference for receipt in rows(Receipt)] == ["OP-000001", "OP-000002", "FS-000001"]
    assert rows(Receipt)[2].said["tax_line"] == "EIN 00"


@pytest.mark.feature(84)
def test_a_monthly_gift_goes_through_months_a_refusal_and_its_end(giving):
    plan = giving.plan()
    book(giving, giving.look(giving.charge(1000), plan), giving.look(giving.charge(1000), plan))
    late = giving.look(None, replace(plan, status="past_due"), at=NOON + timedelta(days=1))
    book(giving, replace(late, failed="in_1:1"), replace(late, failed="in_1:1"), replace(late, failed="in_1:4"))
    assert (rows(Plan)[0].state, letters()) == (PlanState.LATE, ["gift-receipt", "gift-receipt", "gift-failed"])
    over = replace(plan, status="canceled", ended=NOON + timedelta(days=2))
    book(giving, giving.look(None, over, at=NOON + timedelta(days=2)), giving.look(None, plan, at=NOON))
    assert rows(Plan)[0].state is PlanState.ENDED
    assert letters()[3:] == ["gift-ended"]
    assert len({gift.donor_id for gift in rows(Gift)}) == 1


def test_what_bears_no_code_of_ours_and_cards_that_were_refused_are_no_gifts(giving):
    refused = replace(giving.charge(), status="failed", lines=())
    book(giving, replace(giving.look(giving.charge()), code="somebodyelse"), giving.look(refused))
    assert (rows(Gift), rows(Donor), rows(Movement)) == ([], [], [])


@pytest.mark.feature(118)
def test_the_same_person_is_another_donor_at_another_campaign(make, giving):
    other = Giving(make)
    book(giving, giving.look(giving.charge()), giving.look(giving.charge(), donor=replace(LEILA, name="L.")))
    book(other, other.look(other.charge()))
    mine, theirs = rows(Donor)
    assert mine.campaign_id != theirs.campaign_id
    assert mine.email_key != theirs.email_key
    assert giving.code not in giving.campaign.slug


@pytest.mark.feature(85)
def test_looks_in_any_order_end_with_the_same_books(giving):
    chosen, looks, ends = random.Random(7), [], {}  # noqa: S311 - a shuffle that can be repeated
    for n in range(12):
        charge, at = giving.charge(1000 + n), NOON
        looks.append(giving.look(charge))
        for _ in range(n % 3):
            at += timedelta(minutes=1)
            charge = refunded(charge, 300)
            looks.append(giving.look(charge, at=at))
        ends[charge.id] = charge.refunded
    looks *= 2
    chosen.shuffle(looks)
    book(giving, *looks)
    assert {gift.charge: gift.refunded for gift in rows(Gift)} == ends
    notes = [receipt.amount for receipt in rows(Receipt) if receipt.kind is ReceiptKind.CREDIT_NOTE]
    assert sum(notes) == sum(ends.values())
    assert sorted(receipt.number for receipt in rows(Receipt)) == list(range(1, 12 + len(notes) + 1))


def test_a_report_is_written_down_once_and_given_back_where_nobody_answers(giving):
    told = Told("evt_1", "charge.refunded", "charge", "ch_1", NOON)
    with unit_of_work():
        assert [hearing.record(told, at=NOON) for _ in range(3)] == [True, False, False]
        assert hearing.claim(5, at=NOON) == ["evt_1"]
        assert hearing.claim(5, at=NOON) == []
        hearing.give_back(["evt_1"], at=NOON)
        assert hearing.claim(5, at=NOON + timedelta(minutes=2)) == ["evt_1"]
        hearing.failed("evt_1", "KeyError", at=NOON)
    take_bells()
    (report,) = db.session.scalars(db.select(PaymentReport)).all()
    assert (report.attempts, report.fault) == (1, "KeyError")


@pytest.mark.feature(87)
def test_very_many_refused_cards_stop_giving_and_tell_staff(giving):
    from campaign.domain import switching
    from campaign.models.site import Switch

    with unit_of_work():
        for n in range(60):
            hearing.record(Told(f"evt_{n}", "charge.failed", "charge", f"ch_{n}", NOON), at=NOON)
        assert hearing.watch_cards(at=NOON)
        assert not hearing.watch_cards(at=NOON)
    take_bells()
    assert switching.is_stopped(Switch.GIVING)
    assert "60 cards were refused" in alerting.unseen()[0].says


def test_an_erased_donor_is_nobody_and_the_receipt_keeps_its_name_until_its_own_time(make, giving):
    book(giving, giving.look(giving.charge()))
    (donor,), (receipt,) = rows(Donor), rows(Receipt)
    with unit_of_work():
        attending.erase(donor, at=NOON)
    assert (donor.box, donor.email_key) == (None, None)
    assert acknowledging.made_out_to(receipt, make.addresses).name == LEILA.name
    with unit_of_work():
        assert attending.forget_names(at=NOON) == 0
        assert attending.forget_names(at=NOON.replace(year=NOON.year + 11)) == 1
    assert acknowledging.made_out_to(receipt, make.addresses) is None
    book(giving, giving.look(giving.charge()))
    assert len(rows(Donor)) == 2, "whoever gives again is somebody new"


@pytest.mark.feature(118)
def test_after_two_days_nothing_says_at_what_time_somebody_gave(giving):
    book(giving, giving.look(giving.charge(), giving.plan()))
    with unit_of_work():
        hearing.record(Told("evt_1", "charge.failed", "charge", "ch_1", NOON), at=NOON)
        assert attending.cut_times(at=NOON + timedelta(hours=47)) == 0
        assert attending.cut_times(at=NOON + timedelta(hours=49)) == 3
        assert attending.cut_times(at=NOON + timedelta(hours=49)) == 0
    take_bells()
    (report,) = db.session.scalars(db.select(PaymentReport)).all()
    moments = [rows(Gift)[0].seen_at, rows(Plan)[0].seen_at, report.came_at, report.happened_at]
    letters = db.session.scalars(db.select(Letter)).all()
    with unit_of_work():
        for letter in letters:
            posting.settle(letter.id, posting.Fate.SENT, at=NOON)
        assert forgetting.cut_letters(at=NOON + timedelta(hours=47)) == 0
        assert forgetting.cut_letters(at=NOON + timedelta(hours=49)) == len(letters) > 0
        assert forgetting.cut_letters(at=NOON + timedelta(hours=49)) == 0
    for letter in letters:
        db.session.refresh(letter)
        moments += [letter.posted_at, letter.sent_at, letter.due_at]
    assert {(moment.hour, moment.minute, moment.second) for moment in moments} == {(0, 0, 0)}


def test_yearly_statements_go_once_to_everybody_who_gave_in_that_year(giving):
    book(giving, giving.look(giving.charge()), giving.look(giving.charge(), donor=DonorSeen("o@giftpost.example", "O")))
    with unit_of_work():
        assert attending.send_years(NOON.year - 1, at=NOON) == 0
        assert attending.send_years(NOON.year, at=NOON) == 2
        with pytest.raises(attending.StatementsSent):
            attending.send_years(NOON.year, at=NOON)
    take_bells()
    assert letters().count("gift-statement") == 2


def test_donors_who_gave_nothing_for_years_are_erased_and_monthly_ones_are_not(giving):
    book(giving, giving.look(giving.charge()))
    other = DonorSeen("omar@giftpost.example", "Omar")
    book(giving, giving.look(giving.charge(), giving.plan(), donor=other))
    with unit_of_work():
        assert attending.forget_donors(at=NOON + timedelta(days=900)) == 0
        assert attending.forget_donors(at=NOON + timedelta(days=1200)) == 1
    assert [donor.box is None for donor in rows(Donor)] == [True, False]
