"""The filing register of a person."""

from datetime import timedelta

import pytest

from campaign.database import db, unit_of_work
from campaign.domain.communications import filing
from campaign.domain.communications.filing import Filed
from campaign.models.communication import Channel
from campaign.models.packet import PacketState
from tests.communications import LATER, ready
from tests.make import Make


@pytest.mark.feature(120)
def test_what_excludes_another_filing_is_told_in_both_directions(make: Make) -> None:
    prisoner = make.prisoner()
    with unit_of_work():
        ours = filing.enter(prisoner, Filed(Channel.WGAD, filed_on="2018-01"), by="Anna", at=LATER)
        theirs = filing.enter(prisoner, Filed(Channel.HRC_COMPLAINT), by="Anna", at=LATER)
    assert filing.against(prisoner, Channel.HRC_COMPLAINT, but=theirs) == [ours]
    assert filing.against(prisoner, Channel.WGAD) == [ours], "the same case twice in one place"
    assert filing.against(prisoner, Channel.UPR) == []
    with unit_of_work():
        filing.correct(ours, Filed(Channel.WGAD, filed_on="2018-01", result="Opinion", is_over=True), at=LATER)
    assert filing.against(prisoner, Channel.WGAD) == []
    assert filing.against(prisoner, Channel.HRC_COMPLAINT, but=theirs) == [ours], "what was examined stays examined"


def test_days_are_not_ahead_and_a_result_is_not_older_than_its_filing(make: Make) -> None:
    prisoner = make.prisoner()
    ahead = (LATER + timedelta(days=2)).date().isoformat()
    with pytest.raises(filing.DayAhead):
        filing.enter(prisoner, Filed(Channel.WGAD, filed_on=ahead), by="Anna", at=LATER)
    with pytest.raises(filing.ResultBefore):
        filing.enter(prisoner, Filed(Channel.WGAD, filed_on="2018-03", result_on="2018-02"), by="Anna", at=LATER)
    with unit_of_work():
        filing.enter(prisoner, Filed(Channel.WGAD, filed_on="2018", result_on="2018-02"), by="Anna", at=LATER)


def test_a_built_communication_is_logged_once_and_corrected_after(make: Make) -> None:
    words = ready(make)
    with pytest.raises(filing.NotSent):
        filing.submit(words, Filed(Channel.WGAD), by="Anna", at=LATER)
    with unit_of_work():
        words.packet.state = PacketState.BUILT
    for reference in ("", "2026/77"):
        with unit_of_work():
            filing.submit(words, Filed(Channel.WGAD, reference=reference), by="Anna", at=LATER)
    (row,) = filing.of(words.prisoner)
    assert (row.reference, row.packet_id) == ("2026/77", words.packet_id)
    db.session.rollback()
