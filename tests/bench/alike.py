"""Run beside the site: can a stranger tell from the time of an answer who has signed, or who is refused in silence?

Forms of four kinds are sent in turn, each from a network of its own: somebody new, somebody who stands already,
an address that is blocked, and an address whose three places are taken. The medians are compared, and each kind
with the new ones by the two-sample Kolmogorov–Smirnov test.
"""

import json
import sys
import time
from bisect import bisect_right
from math import exp, sqrt
from statistics import median
from typing import Any

from flask.testing import FlaskClient

from campaign.app import create_app
from campaign.collaborators import collaborators, now
from campaign.database import db, unit_of_work
from campaign.demo.loading import PETITION
from campaign.domain.links import Claim
from campaign.domain.signatures import confirming, lists
from campaign.models.signature import Signature, SignatureState
from campaign.models.site import ListName
from tests.bench.visitors import STAMP, Person

BLOCKED = "blocked.example"
STANDING = "standing@post-1.example"
FULL = "full@post-2.example"
KINDS = ("new", "again", "blocked", "full")


def main(each: int) -> None:
    app = create_app()
    client = app.test_client()
    with app.app_context(), unit_of_work():
        lists.add(ListName.BLOCKED_DOMAIN, BLOCKED, note="benchmark", at=now(), seal=collaborators().seal)
    stamp = STAMP.search(client.get(f"/petitions/{PETITION}").text)
    form = {"stamp": stamp.group(1) if stamp else "", "country": "NO", "visibility": "counted", "consent": "y"}
    _prepare(app, client, form)
    times = _measure(client, form, each)
    new = sorted(times["new"])
    told = {kind: {"median_ms": 1000 * median(found), **_compared(new, sorted(found))} for kind, found in times.items()}
    print(json.dumps({"each": each, "kinds": told}))


def _prepare(app: Any, client: FlaskClient, form: dict[str, str]) -> None:
    """One address stands; another has all its places taken by forms that nobody confirms."""
    _send(client, form, Person("Ada Lovelace", STANDING, "10.9.0.1"))
    with app.app_context(), unit_of_work():
        row = db.session.query(Signature).order_by(Signature.id.desc()).limit(1).one()
        confirming.confirm(Claim(row.public_id, row.link_version), at=now())
        if row.state is not SignatureState.CONFIRMED:
            raise SystemExit("the standing signature was not confirmed")
    for n in range(4):
        _send(client, form, Person("Ada Lovelace", FULL, f"10.9.1.{n + 1}"))


def _measure(client: FlaskClient, form: dict[str, str], each: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for n in range(each + 50):
        for kind in KINDS if n % 2 else reversed(KINDS):
            person = Person.nth(len(KINDS) * n + KINDS.index(kind) + 10_000_000)
            email = {"again": STANDING, "full": FULL, "blocked": f"b{n}@{BLOCKED}"}.get(kind, person.email)
            began = time.perf_counter()
            _send(client, form, Person(person.name, email, person.network))
            if n >= 50:  # until everything is warm
                times[kind].append(time.perf_counter() - began)
    return times


def _send(client: FlaskClient, form: dict[str, str], person: Person) -> None:
    answer = client.post(
        f"/petitions/{PETITION}/sign",
        data=form | {"name": person.name, "email": person.email},
        headers={"X-Forwarded-For": person.network},
    )
    if answer.status_code != 303:
        raise SystemExit(str((person.email, [line for line in answer.text.splitlines() if "error" in line][:4])))


def _compared(one: list[float], other: list[float]) -> dict[str, float]:
    """Kolmogorov–Smirnov: the widest gap of the two distributions, and how often chance alone makes one as wide."""
    points = sorted({*one, *other})
    gap = max(abs(bisect_right(one, x) / len(one) - bisect_right(other, x) / len(other)) for x in points)
    weight = sqrt(len(one) * len(other) / (len(one) + len(other)))
    lam = (weight + 0.12 + 0.11 / weight) * gap
    if lam < 0.3:  # the series does not converge there, and the answer is 1
        return {"ks": gap, "p": 1.0}
    p = 2 * sum((-1) ** (k - 1) * exp(-2 * (k * lam) ** 2) for k in range(1, 101))
    return {"ks": gap, "p": min(max(p, 0.0), 1.0)}


if __name__ == "__main__":
    main(int(sys.argv[1]))
