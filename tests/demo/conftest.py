"""A database in memory with the demonstration in it; no web, no settings, no letters."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from nacl.public import PrivateKey

from campaign import models
from campaign.database import Base, db, unit_of_work
from campaign.demo import loading
from campaign.domain.sealing import Lock, Opener, Seal

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
assert models  # importing them is what makes every table known


@pytest.fixture
def empty() -> Iterator[None]:
    app = Flask("demonstration")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def load(empty: None) -> Callable[[datetime], loading.Loaded]:
    """Load the reference case as the command does, on that day."""

    def load_on(at: datetime) -> loading.Loaded:
        with unit_of_work():
            return loading.load(at=at, hash_password=lambda password: f"hash of {len(password)} letters")

    return load_on


@pytest.fixture
def demonstration(load: Callable[[datetime], loading.Loaded]) -> None:
    load(NOON)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def names_key() -> PrivateKey:
    return PrivateKey.generate()


@pytest.fixture
def seal(names_key: PrivateKey) -> Seal:
    mail = Lock(bytes(PrivateKey.generate().public_key))
    return Seal(mail, Lock(bytes(names_key.public_key)), b"k" * 32)


@pytest.fixture
def opener(names_key: PrivateKey) -> Opener:
    return Opener([bytes(names_key)])
