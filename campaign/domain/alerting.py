"""Telling staff what they should look at: rows with counts and kinds, never a name, an address or a network.

The worker looks each minute at the forms of the last hour, which are few even at the busiest, through the hashes
that stand in their rows. Of each kind, a petition has at most one alert an hour. Hashes of networks change at
midnight UTC, so a burst across it is seen as two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from campaign.database import db
from campaign.domain import limits, typos
from campaign.domain.limits import Limits
from campaign.domain.sealing import Seal
from campaign.models.petition import Petition
from campaign.models.signature import Signature
from campaign.models.site import Alert

WITHIN = timedelta(hours=1)

NETWORK = "network"
DOMAIN = "domain"
SUSPICIOUS = "suspicious"
REFUSED = "refused"


@dataclass(frozen=True)
class Cluster:
    petition_id: int
    key: bytes
    forms: int


def look(*, at: datetime, seal: Seal) -> int:
    """Write the alerts that the last hour calls for; how many. The worker calls it each minute and commits."""
    now, first = limits.read(), _first_of_the_hour(at)
    if first is None:
        return 0
    by_network = _clusters(Signature.network_key, first, least=now["alert.network.hour"])
    by_domain = _clusters(Signature.domain_key, first, least=now["alert.domain.hour"])
    by_domain = _without_usual(by_domain, now, seal)
    suspicious = _suspicious(first, least=now["alert.suspicious.hour"])
    written = [_tell(NETWORK, group, "from one network", at) for group in _by_petition(by_network)]
    written += [_tell(DOMAIN, group, "from one mail domain", at) for group in _by_petition(by_domain)]
    written += [_tell(SUSPICIOUS, [cluster], "for which there was a reason to suspect", at) for cluster in suspicious]
    return sum(written)


def refused_often(limit: str, times: int, *, at: datetime) -> bool:
    """Say that a limit has refused that many within the hour; False if that was said within the hour."""
    return _write(REFUSED, None, f"{times} requests within an hour were refused by the limit of {limit}.", at)


def note(kind: str, says: str, *, at: datetime) -> bool:
    """Something about the whole site, in these words; False if just that was said within the hour."""
    return _write(kind, None, says, at)


def unseen() -> list[Alert]:
    """What nobody has looked at yet, newest first."""
    return list(db.session.scalars(select(Alert).where(Alert.seen_at.is_(None)).order_by(Alert.at.desc())))


def seen(alert_id: int, *, by: str, at: datetime) -> None:
    """Somebody has looked at it; the first who did stays written down."""
    alert = db.session.get(Alert, alert_id)
    if alert is not None and alert.seen_at is None:
        alert.seen_by, alert.seen_at = by, at
        db.session.flush()


def _first_of_the_hour(at: datetime) -> int | None:
    """The id after which rows are younger than an hour: walks back from the newest, so it costs what the hour held."""
    newest = db.session.scalar(select(func.max(Signature.id)))
    if newest is None:
        return None
    older = select(Signature.id).where(Signature.created_at <= at - WITHIN).order_by(Signature.id.desc()).limit(1)
    return db.session.scalar(older) or 0


def _clusters(column: Any, first: int, *, least: int) -> list[Cluster]:
    how_many = func.count()
    rows: Sequence[Any] = db.session.execute(
        select(Signature.petition_id, column, how_many)
        .where(Signature.id > first, column.is_not(None))
        .group_by(Signature.petition_id, column)
        .having(how_many > least)
        .order_by(how_many.desc())
    ).all()
    return [Cluster(petition_id, key, forms) for petition_id, key, forms in rows]


def _suspicious(first: int, *, least: int) -> list[Cluster]:
    how_many = func.count()
    rows = db.session.execute(
        select(Signature.petition_id, how_many)
        .where(Signature.id > first, Signature.suspicion.is_not(None))
        .group_by(Signature.petition_id)
        .having(how_many > least)
    )
    return [Cluster(petition_id, b"", forms) for petition_id, forms in rows]


def _without_usual(clusters: Sequence[Cluster], now: Limits, seal: Seal) -> list[Cluster]:
    """Providers that very many use have a threshold of their own; their hashes are made anew to know them."""
    usual: dict[int, set[bytes]] = {}
    for petition_id in {cluster.petition_id for cluster in clusters}:
        secret = db.session.get_one(Petition, petition_id).hash_secret
        usual[petition_id] = {seal.domain_key(secret, domain) for domain in typos.PROVIDERS} if secret else set()
    return [c for c in clusters if c.key not in usual[c.petition_id] or c.forms > now["alert.provider.hour"]]


def _by_petition(clusters: Sequence[Cluster]) -> list[list[Cluster]]:
    groups: dict[int, list[Cluster]] = {}
    for cluster in clusters:
        groups.setdefault(cluster.petition_id, []).append(cluster)
    return list(groups.values())


def _tell(kind: str, clusters: Sequence[Cluster], whence: str, at: datetime) -> bool:
    """One alert for all clusters of one kind on one petition, the largest first."""
    says = f"{clusters[0].forms} forms within an hour came {whence}"
    if kind == SUSPICIOUS:
        says = f"{clusters[0].forms} forms within an hour came {whence} them"
    elif len(clusters) > 1:
        says += f"; {len(clusters)} of them are above the threshold"
    return _write(kind, clusters[0].petition_id, says + ".", at)


def _write(kind: str, petition_id: int | None, says: str, at: datetime) -> bool:
    known = select(Alert.id).where(Alert.kind == kind, Alert.petition_id == petition_id, Alert.at > at - WITHIN)
    if petition_id is None:
        known = known.where(Alert.says == says)
    if db.session.scalar(known.limit(1)) is not None:
        return False
    db.session.add(Alert(at=at, kind=kind, petition_id=petition_id, says=says))
    db.session.flush()
    return True
