"""Proof of work: a few seconds of a visitor's computer, so that a thousand forms cost an attacker an hour of his.

Staff ask for it petition by petition, while robots come. The site makes a challenge and keeps nothing; a small
script of ours solves it. What is solved is spent once: the table of spent proofs remembers it until it expires.
Nobody is turned away for having no scripts: such a form is taken, but its letter waits, and only a few an hour
leave for one petition.
"""

import hmac
import json
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from sqlalchemy import (
    Boolean,
    CursorResult,
    LargeBinary,
    bindparam,
    case,
    delete,
    exists,
    literal,
    select,
    text,
    update,
)

from campaign.database import Moment, db
from campaign.domain.errors import Refused
from campaign.domain.limits import Limits
from campaign.models.petition import Petition
from campaign.models.proof import SpentProof
from campaign.models.signature import Signature, SignatureState

ALGORITHM = "PBKDF2/SHA-256"  # as every browser has it built in
ROUNDS = 500  # of the hash for each guess; the site checks one guess in about 0.15 ms
PREFIX = "000"  # what a solution begins with: one guess in 4,096, about a second of work, more on a small phone
LASTS = timedelta(hours=1)
LONGEST = 2000  # characters of a submitted proof
PATIENCE = timedelta(hours=24)  # a queue of waiting letters longer than this takes no further form


class TooManyWaiting(Refused):
    """Too many forms without a proof of work are waiting at the moment. Nothing was stored. Allow scripts for this
    page and send the form again, or come back tomorrow."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait  # until there is room


@dataclass(frozen=True)
class Proof:
    """A solution that is genuine, in time and for this petition; whether it was spent is for `spend` to say."""

    challenge: bytes
    expires_at: datetime


class Prover:
    """Makes challenges and reads what comes back. `secret_key` is the site's; its own key is derived from it."""

    def __init__(self, secret_key: bytes) -> None:
        self._key = hmac.digest(secret_key, b"proof of work", "sha256")

    def challenge(self, petition_id: int, *, at: datetime) -> dict[str, Any]:
        """A challenge for this petition, good for an hour, as the script takes it."""
        made = altcha.create_challenge(
            ALGORITHM,
            ROUNDS,
            key_prefix=PREFIX,
            expires_at=at + LASTS,
            data={"petition": petition_id},
            hmac_secret=self._key,
        )
        return made.to_dict()

    def read(self, proof: str, petition_id: int, *, at: datetime) -> Proof | None:
        """The proof in that text, or None where it is missing, forged, late or for another petition."""
        if not proof or len(proof) > LONGEST:
            return None
        try:
            told = json.loads(b64decode(proof, validate=True))
            parameters = told["challenge"]["parameters"]
            of, expires = parameters["data"]["petition"], int(parameters["expiresAt"])
            challenge = bytes.fromhex(parameters["nonce"]) + bytes.fromhex(parameters["salt"])
        except (NotBase64, ValueError, KeyError, TypeError, RecursionError, OverflowError):
            return None
        if of != petition_id or expires <= at.timestamp() or not altcha.verify_solution(proof, self._key).verified:
            return None
        return Proof(challenge, datetime.fromtimestamp(expires, UTC))


def spend(proof: Proof | None) -> bool:
    """Whether this proof counts: it is there, and nobody has spent it before. Always one statement."""
    row = {"challenge": proof.challenge, "expires_at": proof.expires_at} if proof else _NOBODYS
    done: CursorResult[Any] = db.session.execute(_SPEND, row | {"is_there": proof is not None})  # type: ignore[assignment]
    return done.rowcount == 1


_NOBODYS = {"challenge": b"", "expires_at": datetime(2000, 1, 1, tzinfo=UTC)}
_SPEND = text(
    """
    INSERT INTO spent_proof (challenge, expires_at) SELECT :challenge, :expires_at WHERE :is_there
    ON CONFLICT DO NOTHING
    """
).bindparams(
    bindparam("challenge", type_=LargeBinary()),
    bindparam("expires_at", type_=Moment()),
    bindparam("is_there", type_=Boolean()),
)


def turn(petition_id: int, public_id: bytes, *, limits: Limits, at: datetime) -> datetime:
    """When the letter to this form without proof leaves: after the wait, and spaced from the one before.

    The petition's row is locked, so that two forms never take one turn; a form that was refused in silence
    runs the same statements and takes none. Raises TooManyWaiting.
    """
    query = select(Petition.unproved_letter_at).where(Petition.id == petition_id).with_for_update(key_share=True)
    last = db.session.scalar(query)
    due = at + limits.unproved_wait
    if last is not None:
        due = max(due, last + limits.unproved_gap)
    latest = at + max(PATIENCE, limits.unproved_wait)
    if due > latest:
        raise TooManyWaiting(due - latest)
    is_kept = exists().where(Signature.public_id == public_id, Signature.state == SignatureState.PENDING)
    db.session.execute(
        update(Petition)
        .where(Petition.id == petition_id)
        .values(unproved_letter_at=case((is_kept, literal(due, Moment())), else_=Petition.unproved_letter_at))
        .execution_options(synchronize_session=False)
    )
    return due


def forget_spent(*, at: datetime) -> int:
    """Delete spent proofs that have expired: nobody can spend them again; how many."""
    done: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]
        delete(SpentProof).where(SpentProof.expires_at < at).execution_options(synchronize_session=False)
    )
    return done.rowcount
