"""A recorded flood: ten thousand forms with made-up people, mailboxes and forwarded addresses, against a real server.

The attacker is given more than he has: every letter that the flood brought about is opened and confirmed. What he
can add to the public number is still no more than one network is allowed.
"""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from math import floor
from random import Random
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from campaign import worker
from campaign.database import db
from campaign.domain.limits import DEFAULTS
from campaign.domain.links import Purpose
from campaign.models.letter import Letter
from campaign.models.signature import Signature

FLOOD = 10_000
AT_ONCE = 4
FORM = {"country": "FR", "visibility": "counted", "consent": "y"}


def forged(n, *, last_hop):
    """A form and headers as a flood has them: nobody in it exists, and every address is another."""
    chance = Random(n)  # noqa: S311 - a flood need not be unguessable
    made_up = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    fields = FORM | {"name": "", "email": f"nobody.{n}@nowhere-{n % 997}.example"}
    forwarded = f"{made_up}, {last_hop}" if last_hop else made_up
    headers = {
        "X-Forwarded-For": forwarded,
        "X-Real-IP": made_up,
        "Forwarded": f"for={made_up}",
        "Client-IP": made_up,
        "User-Agent": f"Browser/{n}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return fields, headers


def send(site, path, fields, headers, *, source="127.0.0.1"):
    """One form over a connection of its own; status and Retry-After."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60, source_address=(source, 0))
    try:
        connection.request("POST", path, urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Retry-After")
    finally:
        connection.close()


def flood(site, path, stamp, n, *, last_hop=""):
    """How many got which answer, and the seconds it took."""
    begun = time.monotonic()

    def one(i):
        fields, headers = forged(i, last_hop=last_hop)
        return send(site, path, fields | {"stamp": stamp}, headers)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(one, range(n)))
    return answers, time.monotonic() - begun


def allowed(seconds):
    """What the limits of one network let through in that time."""
    return min(DEFAULTS["signing.hour"], DEFAULTS["signing.minute"] * (floor(seconds / 60) + 1))


def confirm_all(site, make):
    links = [f"/confirm/{make.token(Purpose.CONFIRM, row)}" for row in db.session.scalars(select(Signature))]
    db.session.rollback()
    assert {site.post(link, {})[0] for link in links} == {303}


def public_count(site, petition):
    worker.count_signatures()
    time.sleep(1.1)  # what the web remembers for a second
    return json.loads(site.get(f"/petitions/{petition.slug}/count.json"))["signature_count"]


@pytest.mark.feature(39, 47)
@pytest.mark.postgres
@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_ten_thousand_forged_forms_move_the_number_by_what_one_network_may(make, tools, living):
    petition = make.open_petition()
    path, stamp = f"/petitions/{petition.slug}/sign", tools.links.stamp(make.now())
    site = living()
    site.start_web(processes=1)

    answers, seconds = flood(site, path, stamp, FLOOD)
    let_through = [status for status, _ in answers].count(303)
    assert {status for status, _ in answers} == {303, 429}
    assert 1 <= let_through <= allowed(seconds)
    assert all(1 <= int(wait) <= 3600 for status, wait in answers if status == 429)

    other = send(site, path, FORM | {"name": "", "email": "one@elsewhere.example", "stamp": stamp}, {
        "Content-Type": "application/x-www-form-urlencoded"}, source="127.0.0.2")  # fmt: skip
    assert other[0] == 303, "somebody of another network was held up by the flood"

    assert db.session.scalar(select(func.count()).select_from(Letter)) == let_through + 1
    confirm_all(site, make)
    assert public_count(site, petition) <= allowed(seconds) + 1
    print(f"{FLOOD} forms in {seconds:.0f} s ({FLOOD / seconds:.0f}/s): {let_through} let through")


@pytest.mark.feature(39)
@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_behind_a_proxy_only_the_address_that_the_proxy_adds_is_believed(make, tools, living):
    petition = make.open_petition()
    path, stamp = f"/petitions/{petition.slug}/sign", tools.links.stamp(make.now())
    site = living(TRUSTED_PROXIES="1")
    site.start_web(processes=1)

    answers, seconds = flood(site, path, stamp, 300, last_hop="198.51.100.7")
    let_through = [status for status, _ in answers].count(303)
    assert 1 <= let_through <= allowed(seconds)
    assert flood(site, path, stamp, 1, last_hop="203.0.113.9")[0][0][0] == 303

    confirm_all(site, make)
    assert public_count(site, petition) <= allowed(seconds) + 1
