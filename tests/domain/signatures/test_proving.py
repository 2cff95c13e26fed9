import base64
import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaign.database import db, take_bells, unit_of_work
from campaign.domain import limits
from campaign.domain.signatures import proving, signing
from campaign.domain.signatures.proving import PREFIX, Proof, TooManyWaiting
from campaign.domain.signatures.signing import Vigil
from campaign.models.letter import Letter, LetterState
from campaign.models.proof import SpentProof
from campaign.models.signature import Signature

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)


def solve(challenge):
    """What static/js/proof.js does, with another library."""
    of = challenge["parameters"]
    salt, nonce = bytes.fromhex(of["salt"]), bytes.fromhex(of["nonce"])
    for counter in range(100_000):
        password = nonce + counter.to_bytes(4, "big")
        key = hashlib.pbkdf2_hmac("sha256", password, salt, of["cost"], of["keyLength"]).hex()
        if key.startswith(of["keyPrefix"]):
            told = {"challenge": challenge, "solution": {"counter": counter, "derivedKey": key}}
            return base64.b64encode(json.dumps(told).encode()).decode()
    raise AssertionError("no solution")


def changed(proof, **parameters):
    told = json.loads(base64.b64decode(proof))
    told["challenge"]["parameters"] |= parameters
    return base64.b64encode(json.dumps(told).encode()).decode()


@pytest.fixture(scope="module")
def solved():
    prover = proving.Prover(b"s" * 32)
    return prover, solve(prover.challenge(7, at=NOW))


@pytest.mark.feature(42)
def test_a_solved_challenge_is_a_proof_for_its_petition_and_its_hour(solved):
    prover, proof = solved
    assert isinstance(prover.read(proof, 7, at=NOW), Proof)
    assert prover.read(proof, 8, at=NOW) is None
    assert prover.read(proof, 7, at=NOW + 61 * MINUTE) is None
    assert proving.Prover(b"t" * 32).read(proof, 7, at=NOW) is None


@pytest.mark.feature(42)
def test_nobody_makes_a_challenge_easier_or_longer_lived_for_himself(solved):
    prover, proof = solved
    for parameters in (
        {"keyPrefix": "0"},
        {"cost": 1},
        {"expiresAt": 9_999_999_999},
        {"data": {"petition": 7, "x": 1}},
    ):
        assert prover.read(changed(proof, **parameters), 7, at=NOW) is None


def test_a_guess_that_does_not_begin_as_asked_is_no_proof():
    prover = proving.Prover(b"s" * 32)
    challenge = prover.challenge(7, at=NOW)
    of = challenge["parameters"]
    for counter in range(50):
        password = bytes.fromhex(of["nonce"]) + counter.to_bytes(4, "big")
        key = hashlib.pbkdf2_hmac("sha256", password, bytes.fromhex(of["salt"]), of["cost"], 32).hex()
        if not key.startswith(PREFIX):
            told = {"challenge": challenge, "solution": {"counter": counter, "derivedKey": key}}
            assert prover.read(base64.b64encode(json.dumps(told).encode()).decode(), 7, at=NOW) is None
            return


@pytest.mark.parametrize("told", ["", "x", "\0", "e30=", "bnVsbA==", "W10=", "eyJjaGFsbGVuZ2UiOjF9", "A" * 5000, "é"])
def test_what_is_no_proof_at_all_is_none(told):
    assert proving.Prover(b"s" * 32).read(told, 7, at=NOW) is None


@pytest.mark.feature(42)
def test_a_proof_is_spent_once(app, solved):
    prover, text = solved
    proof = prover.read(text, 7, at=NOW)
    assert [proving.spend(proof), proving.spend(proof), proving.spend(None)] == [True, False, False]
    assert proving.forget_spent(at=NOW + 59 * MINUTE) == 0
    assert proving.forget_spent(at=NOW + 61 * MINUTE) == 1
    assert db.session.scalar(select(func.count()).select_from(SpentProof)) == 0


@pytest.fixture
def asking(make):
    petition = make.open_petition()
    petition.asks_for_proof = True
    db.session.commit()
    return make.signable(petition)


def send(make, petition, *, proof=None, at=NOW, signer=None, now=None):
    with unit_of_work():
        vigil = Vigil(proof=proof, limits=now or limits.read())
        signing.sign(petition, signer or make.signer(), at=at, seal=make.seal, vigil=vigil)
    take_bells()


def due():
    """When the letters leave that somebody is to get."""
    wanted = Letter.state != LetterState.NOT_WANTED
    return list(db.session.scalars(select(Letter.due_at).where(wanted).order_by(Letter.id)))


@pytest.mark.feature(42)
def test_with_a_proof_the_letter_leaves_at_once(make, asking):
    send(make, asking, proof=Proof(b"c" * 32, NOW + 60 * MINUTE))
    assert due() == [NOW]
    assert [row.is_proved for row in db.session.scalars(select(Signature))] == [True]


@pytest.mark.feature(42)
def test_without_a_proof_letters_wait_ten_minutes_and_then_leave_one_a_minute(make, asking):
    for i in range(4):
        send(make, asking, at=NOW + i * timedelta(seconds=1))
    assert due() == [NOW + n * MINUTE for n in (10, 11, 12, 13)]


@pytest.mark.feature(42)
def test_a_proof_that_was_spent_is_none(make, asking):
    for _ in range(2):
        send(make, asking, proof=Proof(b"c" * 32, NOW + 60 * MINUTE))
    assert due() == [NOW, NOW + 10 * MINUTE]


@pytest.mark.feature(42)
def test_however_many_forms_come_without_proof_sixty_letters_an_hour_leave(make, asking):
    for _ in range(130):
        send(make, asking)
    first = due()[0]
    assert len([moment for moment in due() if moment < first + 60 * MINUTE]) == 60
    assert len(set(due())) == 130


def test_a_petition_that_asks_for_nothing_lets_every_letter_leave_at_once(make):
    petition = make.signable(make.open_petition())
    for _ in range(3):
        send(make, petition)
    assert due() == [NOW] * 3


def test_forms_that_are_refused_in_silence_take_no_turn_from_others(make, asking):
    leila = make.signer()
    for _ in range(6):
        send(make, asking, signer=leila)
    send(make, asking)
    assert due() == [NOW + n * MINUTE for n in (10, 11, 12, 13)]


def test_when_a_whole_day_of_letters_waits_further_forms_are_told_and_not_kept(make, asking):
    slow = limits.Limits(limits.read() | {"unproved.hour": 1})
    for _ in range(24):
        send(make, asking, now=slow)
    with pytest.raises(TooManyWaiting) as told:
        send(make, asking, now=slow)
    assert timedelta(0) < told.value.wait <= timedelta(hours=1)
    assert len(due()) == 24
    send(make, asking, now=slow, at=NOW + told.value.wait)


def test_two_forms_in_the_same_instant_never_share_a_turn(make, app, asking):
    barrier = threading.Barrier(4)

    def one(n):
        with app.app_context():
            barrier.wait()
            for i in range(5):
                signer = signing.Signer("", f"somebody.{n}.{i}@post.example", "FR", make.signer().visibility)
                with unit_of_work():
                    signing.sign(asking, signer, at=NOW, seal=make.seal)
            db.session.remove()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(due()) == [NOW + (10 + n) * MINUTE for n in range(20)]
