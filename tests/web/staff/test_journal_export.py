"""The journal as a file: for admins, and itself an act of the journal."""

import csv
import io
from datetime import timedelta

import pytest

from campaign.database import unit_of_work
from campaign.domain import journalling
from campaign.domain.journalling import Asked, note
from tests.inspector import read
from tests.make import NOON
from tests.web.staff.people import Person


@pytest.mark.feature(97)
def test_an_admin_takes_the_whole_journal_out_and_that_is_its_first_row(nora: Person, samir: Person) -> None:
    assert nora.send("/staff/journal/export").status_code == 403
    assert journalling.search(Asked(act="journal exported")) == []
    answer = samir.send("/staff/journal/export", "/staff/journal")
    head, first, *rest = csv.reader(io.StringIO(answer.data.decode()))
    assert head == ["id", "at", "account", "act", "kind", "thing", "details"]
    assert first[2:4] == [samir.email, "journal exported"]
    assert [row[0] for row in rest] == sorted((row[0] for row in rest), key=int, reverse=True)
    assert {"signed in", "account opened"} <= {row[3] for row in rest}


@pytest.mark.feature(97)
def test_the_journal_is_searched_by_act_thing_person_and_period_and_paged_by_its_address(nora: Person, samir: Person):
    with unit_of_work():
        for n in range(journalling.PAGE + 1):
            note("packet sealed", "packet", f"A{n}", account_id=nora.account_id, at=NOON - timedelta(days=n))
        note("packet sealed", "packet", "A0", account_id=samir.account_id, at=NOON)

    def found(**asked: str) -> int:
        return nora.get("/staff/journal", query_string=asked).text.count('<th scope="row">packet sealed')

    day = NOON.date()
    assert found(thing="A0") == 2
    assert found(thing="A0", who="sami") == 1
    assert found(who="%") == 0, "a sign of the database is only a sign"
    assert found(kind="packet", since=day.isoformat()) == 2
    assert found(act="packet sealed", since=str(day - timedelta(days=2)), until=str(day - timedelta(days=1))) == 2
    assert found(since="no day") > 2
    page = nora.get("/staff/journal", query_string={"act": "packet sealed", "who": "nora"}).text
    older = next(t.attrs["href"] for t in read(page).all("a") if t.attrs.get("rel") == "next")
    assert nora.get(older).text.count('<th scope="row">packet sealed') == 1
