"""Grouping: how many people stand behind the letters of one campaign, each counted once. The total is true or absent.

A person is an address and a name, as in confirming: rows of one address are one person unless both carry a name and
the names differ. While a campaign has one letter nothing of this is written. Once a second one stands under it
(`join`), each new form brings two keyed hashes under the campaign's secret; earlier rows get theirs from their sealed
boxes, the address where the mail key is and the name where the names key is. Only when both are gone through does the
total begin (`begin_totals`). What cannot be matched any more, such as a signature whose address was deleted at its
owner's wish, is counted apart, and the page then says “at least”.

From then on every change of what is counted adjusts the total in the same transaction, under a lock on the campaign
that is taken after all others. When the names of one letter are deleted its people can no longer be recognised: the
total stands still, and the page says until which day it holds.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select, update

from campaign.database import after_commit, db
from campaign.domain import spellings
from campaign.domain.errors import SealBroken
from campaign.domain.sealing import Opener, Seal
from campaign.models.campaign import Campaign
from campaign.models.petition import Petition
from campaign.models.signature import Signature

BATCH = 500
SETTLES = timedelta(minutes=1)  # until no public node believes any more that the campaign has one letter
_STANDS = and_(Signature.counted, Signature.email_key.is_not(None))
_MATCHED = and_(Signature.person_key.is_not(None), or_(~Signature.has_name, Signature.person_name_key.is_not(None)))
_ROWS: Any = Signature.__table__


def is_kept(campaign: Campaign) -> bool:
    """Whether forms of its letters bring the hashes of the person: several letters, and nobody deleted yet."""
    return campaign.joined_at is not None and campaign.people_until is None


def join(campaign: Campaign, *, at: datetime) -> None:
    """From now on several letters stand under this campaign; again: nothing."""
    if campaign.joined_at is None:
        campaign.joined_at = at
        db.session.flush()
        after_commit("people")


def freeze(campaign: Campaign, *, at: datetime) -> None:
    """Before names of one of its letters are deleted: the total stands still from here on."""
    if is_kept(campaign):
        db.session.refresh(campaign, with_for_update={"key_share": True})
        campaign.people_until = campaign.people_until or at
        db.session.flush()


@contextmanager
def following(petition_id: int, rows: Collection[Any]) -> Iterator[None]:
    """Whatever happens inside to these rows, the total of their campaign follows. The caller has locked the rows."""
    campaign = db.session.get_one(Campaign, db.session.get_one(Petition, petition_id).campaign_id)
    if not rows or not is_kept(campaign):
        yield
        return
    db.session.refresh(campaign, with_for_update={"key_share": True})
    if campaign.people_since is None or campaign.people_until is not None:
        yield
        return
    ids, keys = [row.id for row in rows], {row.person_key for row in rows} - {None}
    people, unmatched = _people(campaign.id, keys), _unmatched(ids)
    yield
    db.session.flush()
    keys |= {row.person_key for row in rows} - {None}
    campaign.people_count += _people(campaign.id, keys) - people
    campaign.people_unmatched += _unmatched(ids) - unmatched
    db.session.flush()


def tally(campaign: Campaign) -> tuple[int, int]:
    """People and signatures that nobody can match, from the rows themselves."""
    people = db.session.scalar(_number_of_people(campaign.id)) or 0
    apart = select(func.count()).select_from(Signature).where(_of(campaign.id), _STANDS, ~_MATCHED)
    return people, db.session.scalar(apart) or 0


def unready() -> list[int]:
    """Ids of campaigns with several letters whose total has not begun."""
    waiting = Campaign.joined_at.is_not(None), Campaign.people_since.is_(None), Campaign.people_until.is_(None)
    return list(db.session.scalars(select(Campaign.id).where(*waiting).order_by(Campaign.id)))


def match_addresses(campaign_id: int, after: int, *, opener: Opener, seal: Seal, at: datetime) -> int | None:
    """Give up to `BATCH` rows behind the id `after` the hash of their address; the last id, None at the end."""
    campaign = db.session.get_one(Campaign, campaign_id)
    wanted = Signature.person_key.is_(None), Signature.email_box.is_not(None)
    rows = _batch(campaign_id, after, *wanted, Signature.email_box)
    found = []
    for row in rows:
        address = _opened(opener, row.email_box, row.public_id)
        if address and campaign.hash_secret:
            found.append({"row": row.id, "key": seal.person_key(campaign.hash_secret, address)})
    _write("person_key", found)
    if not rows and campaign.joined_at and at >= campaign.joined_at + SETTLES:
        campaign.addresses_matched_at = at
    return rows[-1].id if rows else None


def match_names(campaign_id: int, after: int, *, opener: Opener, seal: Seal, at: datetime) -> int | None:
    """The same for names. Of a signer under sixteen no name was kept, so that row stays apart."""
    campaign = db.session.get_one(Campaign, campaign_id)
    wanted = Signature.has_name, Signature.person_name_key.is_(None), Signature.name_box.is_not(None)
    rows = _batch(campaign_id, after, *wanted, Signature.name_box)
    found = []
    for row in rows:
        name = _opened(opener, row.name_box, row.public_id)
        if name and campaign.hash_secret:
            key = seal.person_name_key(campaign.hash_secret, spellings.skeleton(name))
            found.append({"row": row.id, "key": key})
    _write("person_name_key", found)
    if not rows and campaign.joined_at and at >= campaign.joined_at + SETTLES:
        campaign.names_matched_at = at
    return rows[-1].id if rows else None


def begin_totals(*, at: datetime) -> int:
    """Begin the totals of campaigns whose boxes were gone through; how many."""
    begun = 0
    for campaign_id in unready():
        campaign = db.session.get_one(Campaign, campaign_id)
        db.session.refresh(campaign, with_for_update={"key_share": True})
        if campaign.addresses_matched_at is None or campaign.names_matched_at is None:
            continue
        campaign.people_count, campaign.people_unmatched = tally(campaign)
        campaign.people_since = at
        begun += 1
    db.session.flush()
    return begun


def _of(campaign_id: int) -> Any:
    return Signature.petition_id.in_(select(Petition.id).where(Petition.campaign_id == campaign_id))


def _number_of_people(campaign_id: int, keys: Collection[bytes] | None = None) -> Any:
    """Each address stands for one person, or for as many as it has different names."""
    names = func.count(Signature.person_name_key.distinct())
    each = select(case((names > 1, names), else_=1).label("people")).where(_of(campaign_id), _STANDS, _MATCHED)
    if keys is not None:
        each = each.where(Signature.person_key.in_(keys))
    return select(func.sum(each.group_by(Signature.person_key).subquery().c.people))


def _people(campaign_id: int, keys: Collection[bytes]) -> int:
    return (db.session.scalar(_number_of_people(campaign_id, keys)) or 0) if keys else 0


def _unmatched(ids: Collection[int]) -> int:
    apart = select(func.count()).select_from(Signature).where(Signature.id.in_(ids), _STANDS, ~_MATCHED)
    return db.session.scalar(apart) or 0


def _batch(campaign_id: int, after: int, *wanted: Any) -> list[Any]:
    *where, box = wanted
    rows = select(Signature.id, Signature.public_id, box).where(_of(campaign_id), Signature.id > after, *where)
    return list(db.session.execute(rows.order_by(Signature.id).limit(BATCH)))


def _opened(opener: Opener, box: bytes, public_id: bytes) -> str | None:
    try:
        return opener.open(box, public_id)
    except SealBroken:
        return None


def _write(column: str, found: list[dict[str, Any]]) -> None:
    """Never into a row that its owner has emptied meanwhile."""
    if found:
        still = _ROWS.c.id == bindparam("row"), _ROWS.c.email_key.is_not(None)
        db.session.connection().execute(update(_ROWS).where(*still).values({column: bindparam("key")}), found)
