"""What staff have set, as this process knows it: lists, limits and switches, at most one second old."""

from campaign.domain import limits, relaying, switching
from campaign.domain.limits import DEFAULTS, Limits
from campaign.domain.signatures import lists
from campaign.domain.signatures.lists import NOTHING_LISTED, Lists
from campaign.models.site import Switch
from campaign.web.remembering import memory


def listed() -> Lists:
    return memory().keep("rules: lists", lists.read) or NOTHING_LISTED


def limit() -> Limits:
    return memory().keep("rules: limits", limits.read) or DEFAULTS


def takes_any_script() -> bool:
    """Whether a letter can be sent to a mailbox whose name is not written in ASCII."""
    return memory().keep("rules: relay", relaying.takes_any_script) is not False


def is_stopped(switch: Switch) -> bool:
    return switch in (memory().keep("rules: switches", switching.stopped) or ())
