"""Staff see what visitors reported, the urgent first, and say what became of it."""

import pytest
from sqlalchemy import select

from campaign.database import db, unit_of_work
from campaign.domain.cases import reporting
from campaign.models.journal import JournalEntry
from campaign.models.report import Report, ReportReason
from tests.make import NOON, Make
from tests.web.staff.people import Person


@pytest.mark.feature(17)
def test_staff_see_reports_with_dangers_first_and_say_what_became_of_them(nora: Person, make: Make) -> None:
    campaign = make.campaign()
    with unit_of_work():
        reporting.report(campaign.slug, ReportReason.ERROR, "The court is wrong.", at=NOON)
        danger = reporting.report(campaign.slug, ReportReason.DANGER, "His street is named.", at=NOON)
    told = nora.get("/staff/reports").text
    assert told.index("His street is named.") < told.index("The court is wrong.")
    page = f"/staff/reports/{danger.id}"
    refused = nora.send(page, "/staff/reports", state="acted_on", outcome="")
    assert refused.status_code == 422
    assert "Say what was found out or done" in refused.text
    assert nora.send(page, "/staff/reports", state="acted_on", outcome="The street is gone.").status_code == 303
    assert "His street is named." not in nora.get("/staff/reports").text
    assert "Nora" in nora.get("/staff/reports?all=1").text
    note = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "report looked at")).one()
    assert note.details == {"report": danger.id, "was": "open", "now": "acted_on"}


def test_words_of_a_report_are_shown_as_they_are_and_run_nowhere(nora: Person, make: Make) -> None:
    with unit_of_work():
        reporting.report(make.campaign().slug, ReportReason.OTHER, "<script>alert(1)</script>", at=NOON)
    assert "&lt;script&gt;" in nora.get("/staff/reports").text
    assert db.session.scalars(select(Report.words)).one() == "<script>alert(1)</script>"
