"""Free words go once they have done their work; the row with its decision stays."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign import worker
from campaign.database import db, unit_of_work
from campaign.domain.cases import reporting
from campaign.domain.signatures import forgetting
from campaign.domain.upkeep import duties, emptying
from campaign.models.draft import Draft, DraftState
from campaign.models.report import Report, ReportReason, ReportState
from campaign.models.revision import About, Revision
from tests.make import NOON

WORDS = {"text": "her brother told us"}


def days(n):
    return NOON + timedelta(days=n)


@pytest.fixture
def report(make):
    petition = make.open_petition()
    with unit_of_work():
        return reporting.report(petition.campaign.slug, ReportReason.DANGER, "the guard’s name is", at=NOON)


@pytest.mark.feature(101)
def test_the_words_of_a_report_go_90_days_after_staff_looked_and_the_decision_stays(report):
    with unit_of_work():
        reporting.look_at(report, ReportState.ACTED_ON, outcome="told the family", by="Nora", account_id=None, at=NOON)
        assert emptying.empty_reports(at=days(90)) == 0
        assert emptying.empty_reports(at=days(91)) == 1
        assert emptying.empty_reports(at=days(91)) == 0
    db.session.expire_all()
    assert (report.words, report.outcome, report.state) == ("", "told the family", ReportState.ACTED_ON)


@pytest.mark.feature(101)
def test_a_report_nobody_looked_at_stays_a_year_and_no_longer(report):
    with unit_of_work():
        assert emptying.empty_reports(at=days(365)) == 0
        assert emptying.empty_reports(at=days(366)) == 1


@pytest.mark.feature(101)
def test_a_decided_draft_loses_its_author_and_then_its_words(make):
    def draft(state):
        return Draft(
            public_id=state.value.encode().ljust(16), state=state, content={"campaign": {"title": "T"}},
            email_box=b"box", created_at=NOON, saved_at=NOON, reason_words="the family asked",
            decided_at=NOON if state in {DraftState.APPROVED, DraftState.REJECTED} else None,
        )  # fmt: skip

    with unit_of_work():
        rows = {state: draft(state) for state in DraftState}
        db.session.add_all(rows.values())
    with unit_of_work():
        assert emptying.empty_authors(at=days(30)) == 0
        assert emptying.empty_authors(at=days(31)) == 2
        assert emptying.empty_drafts(at=days(90)) == 0
        assert emptying.empty_drafts(at=days(91)) == 2
        assert emptying.empty_drafts(at=days(366)) == 1
        assert emptying.empty_drafts(at=days(999)) == 0
    db.session.expire_all()
    full = {state for state in DraftState if rows[state].content}
    assert full == {DraftState.WRITING, DraftState.GATHERING, DraftState.SUBMITTED}, "what is still worked on stays"


@pytest.mark.feature(101)
def test_old_words_that_would_do_harm_go_after_a_month_and_hidden_ones_after_a_year(make):
    prisoner = make.prisoner()

    def revision(**about):
        return Revision(prisoner_id=prisoner.id, at=NOON, about=About.FACT, was=WORDS, now=WORDS, **about)

    with unit_of_work():
        harmful = revision(was_public=True, is_public=True, may_be_repeated=False)
        hidden, public = revision(), revision(was_public=True)
        db.session.add_all([harmful, hidden, public])
    with unit_of_work():
        assert emptying.empty_revisions(at=days(30)) == 0
        assert emptying.empty_revisions(at=days(31)) == 1
        assert emptying.empty_revisions(at=days(366)) == 1
        assert emptying.empty_revisions(at=days(366)) == 0
    db.session.expire_all()
    assert [(r.was, r.now) for r in (harmful, hidden, public)] == [({}, WORDS), ({}, {}), (WORDS, WORDS)]


@pytest.mark.feature(101)
def test_a_stop_between_batches_skips_nothing_and_what_is_done_stays_done(make, monkeypatch):
    """The worker is killed in the middle of the second batch; the next hour goes on from the first."""
    prisoner = make.prisoner()
    with unit_of_work():
        db.session.add_all(
            Revision(prisoner_id=prisoner.id, at=days(-40), about=About.FACT, was={"n": str(n)}, may_be_repeated=False)
            for n in range(7)
        )
    monkeypatch.setattr(emptying, "BATCH", 3)
    with unit_of_work():
        assert emptying.empty_revisions(at=NOON) == 3
    with pytest.raises(KeyboardInterrupt), unit_of_work():
        assert emptying.empty_revisions(at=NOON) == 3
        raise KeyboardInterrupt
    assert sum(bool(r.was) for r in db.session.scalars(select(Revision))) == 4
    db.session.rollback()
    worker.forget()
    db.session.expire_all()
    assert not any(r.was for r in db.session.scalars(select(Revision)))


@pytest.mark.feature(101)
def test_a_duty_that_fails_stops_no_other(make, report, monkeypatch):
    def fail(**_how):
        raise RuntimeError

    broken = duties.Duty("expired", fail, "{n}{would}")
    monkeypatch.setattr(duties, "HOURLY", (broken, *duties.HOURLY[1:]))
    with unit_of_work():
        report.at = days(-400)
    worker.forget()
    db.session.expire_all()
    assert db.session.scalars(select(Report.words)).one() == ""


def test_the_worker_and_the_command_go_by_one_list(app, make):
    rooms, acts = (forgetting, emptying), ("forget_", "empty_", "expire_", "cut_")
    there = {name for room in rooms for name in vars(room) if name.startswith(acts)}
    assert there <= {duty.do.__name__ for duty in duties.HOURLY}
    said = app.test_cli_runner().invoke(args=["forget", "--dry-run"])
    assert said.exit_code == 0, said.output
    assert said.output.count("would be ") == len(duties.HOURLY) + 1, "and the images and files"
