"""What of a signer a packet may show: the whole table, row by row."""

import pytest

from campaign.domain.packets.disclosing import printed_as, still_allows
from campaign.models.packet import Level, PrintedAs
from campaign.models.signature import Visibility

PUBLIC, INITIALS, ADDRESSEE, COUNTED = (
    Visibility.PUBLIC,
    Visibility.INITIALS,
    Visibility.ADDRESSEE,
    Visibility.COUNTED,
)
NAME, SHORT, ELSEWHERE, NOTHING = (
    PrintedAs.NAME,
    PrintedAs.INITIALS,
    PrintedAs.OTHER_ADDRESSEE,
    PrintedAs.COUNTED_ONLY,
)
TABLE = [
    # chosen, initials/named, initials/other, full/named, full/other
    (PUBLIC, SHORT, SHORT, NAME, NAME),
    (INITIALS, SHORT, SHORT, SHORT, SHORT),
    (ADDRESSEE, SHORT, ELSEWHERE, NAME, ELSEWHERE),
    (COUNTED, NOTHING, NOTHING, NOTHING, NOTHING),
]
MOST = {PUBLIC: 2, ADDRESSEE: 2, INITIALS: 1, COUNTED: 0}
SHOWS = {NAME: 2, SHORT: 1}


@pytest.mark.feature(73)
@pytest.mark.feature(105)
@pytest.mark.parametrize(("chosen", "a", "b", "c", "d"), TABLE)
def test_each_choice_is_printed_as_the_definitions_say(
    chosen: Visibility, a: PrintedAs, b: PrintedAs, c: PrintedAs, d: PrintedAs
) -> None:
    assert printed_as(chosen, Level.INITIALS, is_named=True) is a
    assert printed_as(chosen, Level.INITIALS, is_named=False) is b
    assert printed_as(chosen, Level.FULL, is_named=True) is c
    assert printed_as(chosen, Level.FULL, is_named=False) is d


@pytest.mark.parametrize("chosen", list(Visibility))
@pytest.mark.parametrize("is_named", [True, False])
def test_a_packet_of_totals_prints_no_line_of_anybody(chosen: Visibility, is_named: bool) -> None:
    assert printed_as(chosen, Level.TOTALS, is_named=is_named) is PrintedAs.TOTALS_ONLY


@pytest.mark.parametrize("chosen", list(Visibility))
@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("is_named", [True, False])
def test_no_line_shows_more_than_its_signer_chose_or_the_packet_may(
    chosen: Visibility, level: Level, is_named: bool
) -> None:
    shows = SHOWS.get(printed_as(chosen, level, is_named=is_named), 0)
    assert shows <= MOST[chosen]
    assert shows <= list(Level).index(level)


def test_who_shows_less_than_at_sealing_is_not_printed_as_sealed() -> None:
    assert still_allows(NAME, NAME)
    assert still_allows(NAME, SHORT)
    assert not still_allows(SHORT, NAME)
    assert not still_allows(NOTHING, SHORT)
