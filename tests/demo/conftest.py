"""The demonstration in the database, loaded as the command loads it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from campaign.collaborators import Collaborators
from campaign.database import unit_of_work
from campaign.demo import loading
from campaign.domain.sealing import Opener, Seal

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def load(app: Flask) -> Callable[[datetime], loading.Loaded]:
    """Load the reference case on that day."""

    def load_on(at: datetime) -> loading.Loaded:
        with unit_of_work():
            return loading.load(at=at, hash_password=lambda password: f"hash of {len(password)} letters")

    return load_on


@pytest.fixture
def demonstration(load: Callable[[datetime], loading.Loaded]) -> None:
    load(NOON)


@pytest.fixture
def seal(tools: Collaborators) -> Seal:
    return tools.seal


@pytest.fixture
def opener(tools: Collaborators) -> Opener:
    return tools.names_opener
