"""Relaying: what the mail server that takes our letters can do, as it said when a worker last spoke to it.

A mailbox whose name is not written in ASCII can be written to only through a server that offers SMTPUTF8 (RFC 6531).
The public site never speaks to that server; so the worker writes down what it heard, and a form can say at once what
else would fail a minute later, in silence. What has never been heard is believed to work.
"""

from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from campaign.database import db
from campaign.models.site import MailRelay

_ONLY = 1


def heard(*, takes_any_script: bool, at: datetime) -> None:
    """Write it down where it is news."""
    known = db.session.get(MailRelay, _ONLY)
    if known is None:
        with suppress(IntegrityError), db.session.begin_nested():  # two workers may hear it for the first time at once
            db.session.add(MailRelay(id=_ONLY, takes_any_script=takes_any_script, since=at))
    elif known.takes_any_script != takes_any_script:
        known.takes_any_script, known.since = takes_any_script, at
    db.session.flush()


def takes_any_script() -> bool:
    known = db.session.get(MailRelay, _ONLY)
    return known is None or known.takes_any_script
