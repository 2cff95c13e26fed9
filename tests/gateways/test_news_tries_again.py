"""A mail provider that is down: its letters of news wait for it, and not for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.collaborators import collaborators, now
from campaign.database import db
from campaign.domain.news import updating
from campaign.gateways.newsroom import Newsroom
from campaign.models.update import UpdateLetter, UpdateState
from tests.news import scheduled, subscribers


@pytest.fixture
def campaign(make):
    return make.open_petition().campaign


def round_at(moment):
    """One round of the newsroom at that moment."""
    db.session.commit()
    tools = collaborators()
    Newsroom(tools.writer, tools.post_office, tools.seal, first=int, clock=lambda: moment).work()


@pytest.mark.feature(66, 69)
@pytest.mark.parametrize("comes_back", [True, False])
def test_a_provider_that_is_down_for_a_day_costs_nobody_her_letter_and_one_that_stays_down_ends_after_two(
    make, campaign, post_office, comes_back
):
    subscribers(make, campaign, 1, domain="down.example")
    subscribers(make, campaign, 1)
    update = scheduled(make, campaign)
    begun = now()
    post_office.answer = lambda envelope: "451 later" if "down" in envelope.rcpt_tos[0] else "250 taken"

    def until(end, moment):
        """Round after round, each when the next letter is due."""
        while moment < end and update.state is not UpdateState.SENT:
            round_at(moment)
            db.session.expire_all()
            due = db.session.scalars(select(UpdateLetter.due_at).where(UpdateLetter.state == "queued")).all()
            moment = max([moment + timedelta(seconds=1), *due])
        return moment

    moment = until(begun + timedelta(hours=47), begun)
    told = updating.progress(update)
    assert (told.sent, told.waiting, told.again) == (1, 1, 1)
    if comes_back:
        post_office.answer = lambda _: "250 taken"
    until(begun + timedelta(hours=96), moment)
    told = updating.progress(update)
    assert (told.sent, told.failed, told.waiting) == ((2, 0, 0) if comes_back else (1, 1, 0))
    assert (update.state, told.settled) == (UpdateState.SENT, told.recipients)
