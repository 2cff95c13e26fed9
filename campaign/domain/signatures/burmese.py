"""Burmese typed in the Zawgyi font's private arrangement: it looks like Unicode, is not, and prints as nonsense.

Half of Burma's telephones typed it for years. Only the person can say what was meant, as short names are often
undecidable: so the name is noticed, read as Unicode, and shown for a yes or no. The detector is Google's; the reading
is by a small package of rules alone, so that no machine needs ICU. Nothing is changed that nobody said yes to.
"""

import warnings

from para.convert import zg_to_unicode

from campaign.domain import names

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it opens its model by a deprecated call
    from myanmartools import ZawgyiDetector

    _ZAWGYI = ZawgyiDetector()

_SURE = 0.95
_LONGEST = 1000  # signs; what is longer is no name


def zawgyi_suspected(typed: str) -> bool:
    """Whether this was probably typed in Zawgyi. Asked before a name is refused, as its marks look impossible."""
    return len(typed) <= _LONGEST and bool(_ZAWGYI.get_zawgyi_probability(typed) > _SURE)


def in_unicode(typed: str) -> str | None:
    """The name that Zawgyi was to show, as it would be kept; None where that is no name or nothing changes."""
    try:
        meant = names.accepted(zg_to_unicode(typed, force=True))
    except names.NameRefused:
        return None
    return meant if meant != typed and not zawgyi_suspected(meant) else None
