"""Situations of giving, as the payment company would show them: looks, which booking takes."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from campaign.database import unit_of_work
from campaign.domain import funding
from campaign.domain.acknowledging import Books
from campaign.domain.paying import ChargeSeen, DonorSeen, Line, Look, PlanSeen, RefundSeen
from tests.make import GIVEN_OUT, NOON, Make

_numbers = count(1)
LEILA = DonorSeen("leila.gives@giftpost.example", "Leïla Ouazzani-Gift", ("1 Lake Road", "1000 City", "CH"))


class Giving:
    """What happens around gifts to one campaign."""

    def __init__(self, make: Make) -> None:
        self.books = Books(make.seal, "Example Rights Network", "1 Example Street\n1000 Example City")
        self.campaign = make.campaign()
        with unit_of_work():
            self.code = funding.open_fund(self.campaign.id).code
        GIVEN_OUT.update({LEILA.email, LEILA.name})

    def charge(self, amount: int = 2500, currency: str = "EUR", *, at: datetime = NOON) -> ChargeSeen:
        n = next(_numbers)
        line = Line(f"txn_{n}", "charge", f"ch_{n}", at, at + timedelta(days=2), amount, 50, amount - 50, currency)
        return ChargeSeen(f"ch_{n}", amount, currency, "succeeded", at, 0, lines=(line,))

    def look(
        self, charge: ChargeSeen | None, plan: PlanSeen | None = None, *, at: datetime = NOON, donor: DonorSeen = LEILA
    ) -> Look:
        return Look(at, code=self.code, reference="", donor=donor, charge=charge, plan=plan)

    def plan(self, status: str = "active", *, amount: int = 1000, at: datetime = NOON) -> PlanSeen:
        n = next(_numbers)
        return PlanSeen(f"sub_{n}", f"cus_{n}", status, amount, "EUR", at, at + timedelta(days=30), None)


def refunded(charge: ChargeSeen, amount: int, status: str = "succeeded", id: str = "") -> ChargeSeen:
    refund = RefundSeen(id or f"re_{charge.id}_{len(charge.refunds)}", amount, status)
    others = tuple(each for each in charge.refunds if each.id != refund.id)
    gone = charge.refunded + amount if status == "succeeded" else charge.refunded - amount
    return replace(charge, refunded=gone, refunds=(*others, refund))
