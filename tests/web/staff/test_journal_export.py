"""The journal as a file: for admins, and itself an act of the journal."""

import csv
import io

import pytest

from campaign.domain import journalling
from campaign.domain.journalling import Asked
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
