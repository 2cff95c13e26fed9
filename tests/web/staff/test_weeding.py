"""Staff strike names from the sheets of a packet before it is sealed, and put them back; a second person checks it."""

import pytest

from campaign.database import db
from campaign.domain import journalling
from campaign.models.packet import PacketLine, PacketState, PrintedAs
from campaign.models.petition import Petition
from tests.make import Make
from tests.web.staff.people import Person, draft, packet


@pytest.mark.feature(73, 105)
def test_a_struck_name_leaves_the_sheet_stays_in_the_count_and_is_on_record(
    nora: Person, samir: Person, petition: Petition, make: Make
) -> None:
    withdrawn = make.confirmed_signature(petition)
    make.count(petition)
    make.withdraw(withdrawn)
    reference = draft(nora, petition, level="full", arranged="country", turned="landscape")
    page, strikes = f"/staff/packets/{reference}", f"/staff/packets/{reference}/strikes"
    assert "across (landscape), by country" in nora.get(page).text
    for wrong in ("", "1-9999", "0", "4 and 5", "3, 4", "99"):
        answer = nora.send(strikes, strikes, numbers=wrong, reason="insult")
        assert answer.status_code == 422, wrong
        assert f'value="{wrong}"' in answer.text, "what was typed is kept"
    assert nora.send(strikes, strikes, numbers="2", reason="because").status_code == 422
    assert samir.send(f"{page}/check", page).status_code == 303
    assert nora.send(strikes, strikes, numbers="1–2", reason="insult").status_code == 303
    assert packet(reference).state is PacketState.DRAFT, "what was checked is checked anew"
    assert nora.send(f"{strikes}/1/back", strikes).status_code == 303
    assert "1 name is struck by staff before sealing" in samir.get(page).text
    samir.send(f"{page}/check", page)
    assert samir.send(f"{page}/seal", f"{page}/seal").status_code == 303
    record = packet(reference).frozen or {}
    assert (record["totals"]["counted"], record["withheld_why"]["weeded"]) == (3, 1)
    lines = db.session.execute(db.select(PacketLine.number, PacketLine.printed_as).order_by(PacketLine.number)).all()
    assert [form for number, form in lines if number in (2, 4)] == [PrintedAs.WEEDED, PrintedAs.WITHDRAWN]
    assert nora.send(f"{strikes}/2/back", page).status_code == 409, "a seal is not undone"
    assert nora.send(strikes, page, numbers="3", reason="insult").status_code == 409
    assert "struck by staff before sealing" in nora.get(page).text
    told = [entry for entry, _ in journalling.of("packet", reference) if "struck" in entry.act]
    assert [(e.act, e.details["lines"]) for e in reversed(told)] == [
        ("names struck before sealing", "1–2"),
        ("struck name put back", "1"),
    ]


def test_whoever_struck_a_name_does_not_check_the_packet(nora: Person, samir: Person, petition: Petition) -> None:
    reference = draft(nora, petition, level="full")
    page, strikes = f"/staff/packets/{reference}", f"/staff/packets/{reference}/strikes"
    samir.send(strikes, strikes, numbers="1", reason="danger")
    assert "somebody else has to check it" in samir.get(page).text
    assert samir.send(f"{page}/check", strikes).status_code == 409
    samir.send(f"{strikes}/1/back", strikes)
    assert samir.send(f"{page}/check", page).status_code == 303
    totals = draft(nora, petition)
    assert "no name to strike" in nora.get(f"/staff/packets/{totals}/strikes").text
    assert nora.send(f"/staff/packets/{totals}/strikes", strikes, numbers="1", reason="danger").status_code == 409
