"""Which mandates a case proposes, and how long a text may be for each channel."""

import pytest

from campaign.database import unit_of_work
from campaign.domain.communications import channels, choosing
from campaign.domain.communications.channels import Fit
from campaign.models.addressee import AddresseeKind
from campaign.models.communication import Channel
from campaign.models.prisoner import Fact, Status, Topic
from tests.communications import office
from tests.make import Make

SP = ("special_procedures",)


def proposed(make: Make, **about: object) -> list[str]:
    prisoner = make.prisoner()
    with unit_of_work():
        for name, value in about.items():
            setattr(prisoner, name, value)
    return [p.office.id for p in choosing.propose(prisoner, Channel.SPECIAL_PROCEDURES)]


@pytest.mark.feature(120)
def test_the_case_proposes_its_mandates_and_the_country_s_own_where_there_is_one(make: Make) -> None:
    for id in ("sr-judges-lawyers", "sr-defenders", "sr-expression", "sr-counter-terrorism"):
        office(make, id, SP)
    office(make, "wgad")
    office(make, "wgeid", ("wgeid", "special_procedures"))
    assert proposed(make) == ["wgad", "sr-judges-lawyers"]
    assert proposed(make, role="Journalist and human rights activist") == ["wgad", "sr-expression", "sr-defenders"]
    assert proposed(make, status=Status.DISAPPEARED, role="Baker") == ["wgeid"]
    assert proposed(make, status=Status.RELEASED, role="Baker") == []
    own = office(make, "country-tajikistan", SP)
    with unit_of_work():
        own.kind, own.mandate_country = AddresseeKind.COUNTRY, "TJ"
    assert proposed(make, role="Baker") == ["country-tajikistan", "wgad"]


def test_a_charge_of_extremism_counts_only_where_it_may_be_printed(make: Make) -> None:
    office(make, "sr-counter-terrorism", SP)
    prisoner = make.prisoner()
    known = prisoner.facts[0]
    with unit_of_work():
        charge = Fact(
            topic=Topic.CHARGE, value="Public calls to extremism.", as_of="2017", confidential=True,
            last_checked_on=known.last_checked_on, last_checked_by="Staff", sources=list(known.sources),
        )  # fmt: skip
        prisoner.facts.append(charge)
    assert choosing.propose(prisoner, Channel.SPECIAL_PROCEDURES) == []
    with unit_of_work():
        charge.confidential = False
    (found,) = choosing.propose(prisoner, Channel.SPECIAL_PROCEDURES)
    assert (found.office.id, found.word) == ("sr-counter-terrorism", "extremis")


@pytest.mark.feature(110)
@pytest.mark.parametrize(
    ("channel", "pages", "words", "fit"),
    [
        (Channel.WGAD, 20, 9000, Fit.GOOD),
        (Channel.WGAD, 21, 9000, Fit.LONG),
        (Channel.HRC_COMPLAINT, 8, 9000, Fit.GOOD),
        (Channel.HRC_COMPLAINT, 9, 9000, Fit.LONG),
        (Channel.HRC_COMPLAINT, 16, 9000, Fit.TOO_LONG),
        (Channel.UPR, 99, 2815, Fit.GOOD),
        (Channel.UPR, 99, 2816, Fit.LONG),
        (Channel.UPR, 99, 5631, Fit.TOO_LONG),
    ],
)
def test_each_channel_has_its_own_measure(channel: Channel, pages: int, words: int, fit: Fit) -> None:
    assert channels.meter(channel, pages, words).fit is fit
