"""Forms that come in as robots send them, and what the worker makes of them."""

from datetime import datetime

from campaign.collaborators import collaborators
from campaign.database import db, take_bells, unit_of_work
from campaign.domain.signatures import invalidating, reviewing, signing, unveiling
from campaign.domain.signatures.invalidating import Conditions
from campaign.domain.signatures.signing import Vigil
from campaign.domain.signatures.suspecting import Arrival
from campaign.models.invalidation import Invalidation
from campaign.models.petition import Petition
from campaign.models.signature import RemovalReason, Signature
from tests.make import NOON, Make


def arrived(
    make: Make, petition: Petition, signer: signing.Signer | None = None, *, network: bytes = b"", trap: bool = False
) -> Signature:
    """A form that came from that network, confirmed by its link; one that fills the trap is held."""
    signable = make.signable(petition)
    vigil = Vigil(Arrival(network=network, fills_trap=trap))
    db.session.commit()
    with unit_of_work():
        signing.sign(signable, signer or make.signer(), at=NOON, seal=make.seal, vigil=vigil)
    take_bells()
    row = db.session.scalars(db.select(Signature).order_by(Signature.id.desc()).limit(1)).one()
    make.confirm(row)
    return row


def held_signature(make: Make, petition: Petition, signer: signing.Signer | None = None) -> Signature:
    return arrived(make, petition, signer, trap=True)


def invalidated(petition: Petition, conditions: Conditions, *, at: datetime = NOON) -> Invalidation:
    """Prepared, begun and done by a worker."""
    row = begun(petition, conditions, at=at)
    finish(at=at)
    return row


def begun(petition: Petition, conditions: Conditions, *, at: datetime = NOON) -> Invalidation:
    db.session.commit()
    with unit_of_work():
        row = invalidating.prepare(petition, conditions, by="Nora", at=at)
        invalidating.begin(row, reason="They came within a minute.", public_reason=RemovalReason.ROBOT)
    take_bells()
    return row


def finish(*, at: datetime = NOON) -> None:
    """What a worker does, at a moment that the test chooses."""
    db.session.commit()
    while True:
        with unit_of_work():
            claimed = invalidating.claim(at=at)
        if claimed is None:
            break
        more = True
        while more:
            with unit_of_work():
                more = invalidating.step(claimed, at=at)
    take_bells()


def names_looked_at(petition: Petition) -> int:
    """What a worker with the key of names does each minute."""
    db.session.commit()
    with unit_of_work():
        reviewing.look(petition, collaborators().names_opener)
    with unit_of_work():
        return unveiling.prepare(petition.id, collaborators().names_opener)
