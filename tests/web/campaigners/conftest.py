"""Campaigners who are signed in, each at a browser of their own."""

import pytest

from campaign.models.account import RoleName
from tests.web.staff.conftest import Open, member, opened
from tests.web.staff.people import Person

__all__ = ["member", "opened"]


@pytest.fixture
def leila(member: Open) -> Person:
    return member("leila@example.org", RoleName.CAMPAIGNER)


@pytest.fixture
def omar(member: Open) -> Person:
    return member("omar@example.org", RoleName.CAMPAIGNER)


@pytest.fixture
def nora(member: Open) -> Person:
    return member("nora@example.org")


@pytest.fixture
def samir(member: Open) -> Person:
    return member("samir@example.org", RoleName.ADMIN)
