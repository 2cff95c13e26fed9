"""People who sign in, and a petition with a count."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.database import unit_of_work
from campaign.domain.accounts import organising
from campaign.models.account import RoleName
from campaign.models.petition import Petition
from campaign.web.accounts import hash_password
from tests.inspector import InspectedClient
from tests.make import NOON, Make
from tests.web.staff.people import PASSWORD, Person

Open = Callable[..., Person]


@pytest.fixture
def opened(app: Flask) -> Open:
    """Open an account with a password; nobody is signed in yet."""

    def open_account(email: str, role: RoleName = RoleName.STAFF, *, demonstration: bool = False) -> Person:
        with unit_of_work():
            account = organising.open_account(email, role, name=email.partition("@")[0].title(), at=NOON)
            account.password = hash_password(PASSWORD)
            account.is_demonstration = demonstration
        client = app.test_client(use_cookies=True)
        assert isinstance(client, InspectedClient)
        return Person(client, account.id, email)

    return open_account


@pytest.fixture
def member(opened: Open) -> Open:
    """A member of staff who is signed in; the demonstration's kind, whom nobody asks for a code."""

    def sign_in(email: str = "nora@example.org", role: RoleName = RoleName.STAFF) -> Person:
        person = opened(email, role, demonstration=True)
        assert person.sign_in().status_code == 302
        return person

    return sign_in


@pytest.fixture
def nora(member: Open) -> Person:
    return member("nora@example.org")


@pytest.fixture
def samir(member: Open) -> Person:
    return member("samir@example.org", RoleName.ADMIN)


@pytest.fixture
def petition(make: Make) -> Petition:
    return make.counted_petition(3)
