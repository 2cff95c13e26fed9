"""Every limit of the site by name, with its default; staff change them while the site runs.

The defaults let a viral hour through (the highest rate on record is two thousand signatures a minute) and keep a
single machine from inflating a count or filling a stranger's mailbox. A changed limit is a row; no row is the
default. Who changes one writes the journal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from campaign.database import db
from campaign.domain.errors import Refused
from campaign.models.site import ChangedLimit


class LimitUnknown(Refused):
    """There is no limit of this name."""


class LimitWrong(Refused):
    """This number is outside what the limit may be."""


@dataclass(frozen=True)
class Limit:
    """One limit: its default, what is counted, and the range in which staff may set it."""

    name: str
    default: int
    unit: str
    least: int = 1
    most: int = 10_000_000


LIMITS: Mapping[str, Limit] = {
    limit.name: limit
    for limit in (
        Limit("signing.minute", 30, "forms a minute from one network"),
        Limit("signing.hour", 300, "forms an hour from one network"),
        Limit("tor.minute", 300, "forms a minute from all Tor exits together"),
        Limit("tor.hour", 3_000, "forms an hour from all Tor exits together"),
        Limit("petition.minute", 6_000, "forms a minute on one petition"),
        Limit("petition.hour", 240_000, "forms an hour on one petition"),
        Limit("address.day", 5, "forms a day, and so letters, for one address and petition", most=50),
        Limit("links.minute", 5, "requests a minute for one's links, from one network"),
        Limit("links.hour", 20, "requests an hour for one's links, from one network"),
        Limit("tokens.hour", 30, "wrong links an hour from one network"),
        Limit("challenges.minute", 120, "challenges a minute for proofs of work, to one network"),
        Limit("unproved.hour", 60, "letters an hour to forms without proof, on a petition that asks for it", most=3600),
        Limit("unproved.wait", 10, "minutes that such a letter waits at least", least=0, most=24 * 60),
        Limit("burst.network.hour", 100, "forms an hour from one network on one petition; more are held"),
        Limit("burst.domain.hour", 200, "forms an hour from one mail domain on one petition; more are held"),
        Limit("cosponsors", 0, "co-sponsors that a new draft needs before staff see it, 0 for none", least=0, most=100),
        Limit("giving.minute", 5, "attempts a minute to give, from one network"),
        Limit("giving.hour", 20, "attempts an hour to give, from one network"),
        Limit("giving.all.hour", 600, "attempts an hour to give, from everybody together"),
        Limit("giving.refused.hour", 60, "refused cards an hour, then giving is stopped and staff are told"),
        Limit("reminders.most", 1, "reminders to confirm, after two and five days", least=0, most=2),
        Limit("news.hour", 20_000, "letters of news an hour, to everybody together"),
        Limit("news.domain.hour", 5_000, "letters of news an hour to one receiving mail domain"),
        Limit("news.quiet.from", 0, "hour in UTC from which no letter of news leaves", least=0, most=23),
        Limit("news.quiet.until", 0, "hour in UTC until which none leaves; the same as above for no pause", 0, 23),
        Limit("news.milestone.days", 7, "days at least between letters on a number reached; 0 for none", 0, 365),
        Limit("alert.network.hour", 100, "forms an hour from one network on one petition, then staff are told"),
        Limit("alert.domain.hour", 200, "forms an hour from one mail domain on one petition, then staff are told"),
        Limit("alert.provider.hour", 20_000, "the same, for the providers that very many people use"),
        Limit("alert.suspicious.hour", 50, "suspicious forms an hour on one petition, then staff are told"),
        Limit("alert.refused.hour", 500, "refusals an hour by one limit, then staff are told"),
    )
}


class Limits(dict[str, int]):
    """All limits as they are now, by name."""

    @property
    def unproved_gap(self) -> timedelta:
        """Between two letters to forms without proof, on one petition."""
        return timedelta(hours=1) / self["unproved.hour"]

    @property
    def unproved_wait(self) -> timedelta:
        return timedelta(minutes=self["unproved.wait"])


DEFAULTS = Limits({name: limit.default for name, limit in LIMITS.items()})


def read() -> Limits:
    """All limits as staff have set them. One statement."""
    changed = db.session.execute(select(ChangedLimit.name, ChangedLimit.value)).all()
    return Limits(DEFAULTS | {name: value for name, value in changed if name in LIMITS})


def change(name: str, value: int, *, by: str, at: datetime) -> int:
    """Set a limit; returns what it was. Setting the default forgets the change. Raises LimitUnknown, LimitWrong."""
    limit = LIMITS.get(name)
    if limit is None:
        raise LimitUnknown
    if not limit.least <= value <= limit.most:
        raise LimitWrong
    before = read()[name]
    db.session.execute(delete(ChangedLimit).where(ChangedLimit.name == name))
    if value != limit.default:
        db.session.add(ChangedLimit(name=name, value=value, changed_at=at, changed_by=by))
    db.session.flush()
    return before
