"""What of a signer a packet may show: the lower of the packet's level and the signer's own choice.

Chosen per packet and addressee, because a signer may have given the name to one addressee and to nobody
else. A packet never shows more than its level, and a level never lifts anybody above what they chose.
"""

from campaign.models.packet import Level, PrintedAs
from campaign.models.signature import Visibility

_RANK = {PrintedAs.NAME: 2, PrintedAs.INITIALS: 1}


def printed_as(chosen: Visibility, level: Level, *, is_named: bool) -> PrintedAs:
    """How a counted signature stands on the sheet.

    `is_named`: the packet's addressee is one of those in the consent that this signer ticked.
    """
    if level is Level.TOTALS:
        return PrintedAs.TOTALS_ONLY
    if chosen is Visibility.COUNTED:
        return PrintedAs.COUNTED_ONLY
    if chosen is Visibility.ADDRESSEE and not is_named:
        return PrintedAs.OTHER_ADDRESSEE
    if chosen is Visibility.INITIALS or level is Level.INITIALS:
        return PrintedAs.INITIALS
    return PrintedAs.NAME


def still_allows(now: PrintedAs, sealed: PrintedAs) -> bool:
    """Whether a line sealed earlier may still be printed, given what its signer allows now."""
    return _RANK.get(now, 0) >= _RANK.get(sealed, 0)
