"""The page that staff open every morning: how much waits of each thing, and where its list is."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from campaign.database import db, unit_of_work
from campaign.domain import relaying
from campaign.domain.upkeep import awaiting
from campaign.domain.upkeep.awaiting import Urgency, What
from campaign.models.draft import Draft, DraftState
from campaign.models.letter import Letter, LetterState
from campaign.models.packet import Level, Packet, PacketState
from campaign.models.petition import Petition
from campaign.models.prisoner import Answer, Consent, Question
from campaign.models.report import Report, ReportReason
from campaign.models.signature import NameReview, SignatureState
from campaign.models.site import Alert, StoppedSwitch, Switch
from campaign.models.update import Update, UpdateLetter, UpdateState, UpdateText
from campaign.web.remembering import memory
from campaign.web.staff.start import LISTS
from tests.inspector import read
from tests.make import Make
from tests.news import subscribers
from tests.web.staff.people import Person


def a_bad_morning(make: Make, times: int = 1) -> None:
    """Something of everything, `times` over."""
    at = make.now()
    for n in range(times):
        petition = make.open_petition()
        rows = make.confirmed_signatures(2, petition)
        make.count(petition)
        stale = make.prisoner()
        with unit_of_work():
            rows[0].state, rows[1].name_review = SignatureState.HELD, NameReview.WAITING
            petition.opened_at = at - timedelta(days=400)
            stale.last_checked_on = at.date() - timedelta(days=91)
            stale.consents += consents(at.date())
            db.session.add_all([*drafts(n, at), *packets(n, petition, at)])
            moments, said = {"created_at": at, "saved_at": at}, [UpdateText(lang="en", title="News", body="Words")]
            about = {"code": petition.slug, "campaign_id": petition.campaign_id, "state": UpdateState.WAITING}
            db.session.add(Update(**about, **moments, texts=said))
            report = Report(campaign=petition.campaign, reason=ReportReason.DANGER, words="Look.", at=at)
            db.session.add_all([failed_letter(n, at), report, Alert(at=at, kind="domain", says="Many.")])
    with unit_of_work():
        db.session.add(StoppedSwitch(name=Switch.TRENDING, since=at, by="Nora", reason="A flood."))


def consents(today: date) -> list[Consent]:
    """One that is over, one that ends soon, and a no, which cannot end."""
    return [
        Consent(question=Question.PHOTO, answer=Answer.YES, expires_on=today - timedelta(days=1)),
        Consent(question=Question.HEALTH, answer=Answer.YES, expires_on=today + timedelta(days=29)),
        Consent(question=Question.FAMILY, answer=Answer.NO, expires_on=today),
    ]


def drafts(n: int, at: datetime) -> list[Draft]:
    """New, nearly overdue, overdue, and one that seeks co-sponsors."""
    sent = DraftState.SUBMITTED
    waits = ((1, sent), (6, sent), (8, sent), (1, DraftState.GATHERING))
    return [
        Draft(
            public_id=bytes([n, i]) * 8,
            state=state,
            content={},
            created_at=since,
            saved_at=since,
            submitted_at=since,
            gathering_since=since,
        )
        for i, (since, state) in enumerate((at - timedelta(days=days), state) for days, state in waits)
    ]


def packets(n: int, petition: Petition, at: datetime) -> list[Packet]:
    """One built and not handed over, one whose build stopped."""
    return [
        Packet(
            reference=f"TJ-2026-{n:03}-A{i}",
            petition_id=petition.id,
            addressee_id="sg",
            level=Level.TOTALS,
            state=state,
            created_at=at,
            fault=fault,
        )
        for i, (state, fault) in enumerate([(PacketState.BUILT, None), (PacketState.SEALED, "glyphs")])
    ]


def failed_letter(n: int, at: datetime) -> Letter:
    over = LetterState.FAILED
    return Letter(public_id=bytes([n]) * 16, kind="news", state=over, posted_at=at, due_at=at, fault="smtp 550")


@pytest.mark.feature(11)
def test_everything_that_waits_is_a_number_with_its_list_the_most_urgent_first(make: Make, nora: Person):
    a_bad_morning(make)
    found = {item.what: item.number for item in awaiting.everything(at=make.now())}
    assert found == dict.fromkeys(What, 1), "the letters of yesterday make the worker late, too"
    page = nora.get("/staff")
    links = [tag.attrs["href"] for tag in read(page.text).all("a") if "td" in tag.inside and tag.text != "n"]
    assert len(links) == len(What)
    order = [item.urgency for item in awaiting.everything(at=make.now())]
    assert order == sorted(order)
    assert {Urgency.NOW, Urgency.SOON, Urgency.IN_TIME} == set(order)
    for what, (endpoint, values) in LISTS.items():
        with nora.client.application.test_request_context():
            address = nora.client.application.url_for(endpoint, **values)
        assert nora.get(address.partition("#")[0]).status_code == 200, what


def test_a_quiet_morning_says_that_nothing_waits(app, nora: Person):
    assert "Nothing waits for anybody." in nora.get("/staff").text


def statements(person: Person, path: str) -> int:
    said: list[str] = []
    listen = lambda *args: said.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listen)
    assert person.get(path).status_code == 200
    event.remove(db.engine, "before_cursor_execute", listen)
    return len(said)


def test_the_page_asks_the_database_as_often_for_much_as_for_little(make: Make, nora: Person):
    a_bad_morning(make)
    little = statements(nora, "/staff")
    with unit_of_work():
        db.session.execute(db.delete(StoppedSwitch))
        db.session.execute(db.delete(Draft))
        db.session.execute(db.delete(Letter).where(Letter.kind == "news"))
        db.session.execute(db.delete(Packet))
    a_bad_morning(make, times=4)
    assert statements(nora, "/staff") == little <= 20


def test_staff_see_why_letters_failed_by_code_and_what_the_mail_server_lacks(make: Make, nora: Person):
    make.pending_signature()
    code = "smtp without SMTPUTF8"
    with unit_of_work():
        db.session.execute(db.update(Letter).values(state=LetterState.FAILED, fault=code))
        update = Update(
            code="a", campaign_id=make.open_petition().campaign_id, created_at=make.now(), saved_at=make.now()
        )
        db.session.add(update)
        db.session.flush()
        for person in subscribers(make, update.campaign, 2):
            failed = {"state": LetterState.FAILED, "fault": "smtp 550 5.1.1", "due_at": make.now()}
            db.session.add(UpdateLetter(update_id=update.id, subscription_id=person.id, **failed))
    page = nora.get("/staff/letters").text
    assert f"{code}: 1" in page
    assert "smtp 550 5.1.1: 2" in page
    assert "does not offer SMTPUTF8" not in page
    with unit_of_work():
        relaying.heard(takes_any_script=False, at=make.now())
    memory().forget()
    assert "does not offer SMTPUTF8" in nora.get("/staff/letters").text
