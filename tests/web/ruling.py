"""Staff change what the site goes by while a test runs: lists, limits, switches. The next request obeys."""

from sqlalchemy import select

from campaign.collaborators import now
from campaign.database import db, unit_of_work
from campaign.domain import limits, switching
from campaign.domain.signatures import lists
from campaign.models.signature import Signature
from campaign.web.public.memory import memory


def rows():
    db.session.expire_all()
    return list(db.session.scalars(select(Signature).order_by(Signature.id)))


def put_on(make, name, value):
    with unit_of_work():
        lists.add(name, value, at=now(), seal=make.seal)
    memory().forget()


def set_limit(name, value):
    with unit_of_work():
        limits.change(name, value, by="Ada", at=now())
    memory().forget()


def stop(switch):
    with unit_of_work():
        switching.stop(switch, by="Ada", reason="a flood", at=now())
    memory().forget()
