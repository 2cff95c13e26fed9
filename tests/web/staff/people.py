"""Somebody at a browser of their own, and what they do there."""

import re
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from campaign.database import db
from campaign.models.account import Account
from campaign.models.packet import Packet
from campaign.models.petition import Petition
from tests.inspector import InspectedClient

PASSWORD = "four words that rhyme"


@dataclass
class Person:
    """Somebody at a browser of their own."""

    client: InspectedClient
    account_id: int
    email: str

    @property
    def account(self) -> Account:
        return db.session.get_one(Account, self.account_id)

    def get(self, path: str, **how: Any) -> TestResponse:
        return self.client.get(path, **how)

    def send(self, path: str, page: str = "/account/", **form: str) -> TestResponse:
        """Send a form with the token that stands on `page`."""
        return self.client.post(path, data={**form, "csrf_token": token_on(self.client, page)})

    def sign_in(self, password: str = PASSWORD) -> TestResponse:
        return self.send("/account/login", "/account/login", email=self.email, password=password)

    def code(self) -> str:
        """What the app on this person's telephone shows."""
        security = self.client.application.extensions["security"]
        found: str = security.totp_factory.generate_totp_password(self.account.tf_totp_secret)
        return found


def token_on(client: InspectedClient, page: str) -> str:
    text = client.get(page).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found, f"no form on {page}"
    return found.group(1)


def draft(person: Person, petition: Petition, *, level: str = "totals", addressee: str = "sg", **sheets: str) -> str:
    """Open a draft by the form; its reference."""
    answer = person.send(
        "/staff/packets/new",
        "/staff/packets/new",
        petition=petition.slug,
        addressee=addressee,
        level=level,
        paper="",
        **sheets,
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def sealed(drafter: Person, checker: Person, petition: Petition, **choice: str) -> str:
    """Drafted by one, checked and sealed by the other."""
    reference = draft(drafter, petition, **choice)
    page = f"/staff/packets/{reference}"
    assert checker.send(f"{page}/check", page).status_code == 303
    assert checker.send(f"{page}/seal", f"{page}/seal").status_code == 303
    return reference


def packet(reference: str) -> Packet:
    return db.session.scalars(db.select(Packet).where(Packet.reference == reference)).one()
