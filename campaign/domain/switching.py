"""The switches with which staff stop a part of the site at once, and start it again without loss.

Stopped signing answers with a sentence and keeps what was typed; stopped counting and stopped letters leave their
rows waiting; what is confirmed meanwhile is counted later, in the same order. Processes of the public site look
once a second, the worker before each batch.
"""

from datetime import datetime

from sqlalchemy import delete, select

from campaign.database import after_commit, db
from campaign.domain.errors import Refused
from campaign.models.site import StoppedSwitch, Switch


class CreatingStopped(Refused):
    """New campaigns and petitions are not taken at the moment. Nothing is lost: try again later."""


BELLS = {Switch.COUNTING: "count", Switch.LETTERS: "letters"}  # what has waited is looked at once started again


def stopped() -> frozenset[Switch]:
    """What is stopped now. One statement."""
    return frozenset(db.session.scalars(select(StoppedSwitch.name)))


def is_stopped(switch: Switch) -> bool:
    return db.session.scalar(select(StoppedSwitch.name).where(StoppedSwitch.name == switch)) is not None


def about(switch: Switch) -> StoppedSwitch | None:
    """Who stopped it, when and why; None while it runs."""
    return db.session.get(StoppedSwitch, switch)


def stop(switch: Switch, *, by: str, reason: str, at: datetime) -> bool:
    """Stop it, with a written reason; False if it was stopped already, whose reason then stays."""
    if db.session.get(StoppedSwitch, switch) is not None:
        return False
    db.session.add(StoppedSwitch(name=switch, since=at, by=by, reason=reason))
    db.session.flush()
    return True


def start(switch: Switch) -> bool:
    """Start it again; False if it was running."""
    running = db.session.scalar(delete(StoppedSwitch).where(StoppedSwitch.name == switch).returning(StoppedSwitch.name))
    if running is not None and switch in BELLS:
        after_commit(BELLS[switch])
    return running is not None


def refuse_creating() -> None:
    """For whoever makes a new campaign or petition. Raises CreatingStopped while that is switched off."""
    if is_stopped(Switch.CREATING):
        raise CreatingStopped
