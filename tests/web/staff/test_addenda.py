"""Staff see what was withdrawn from a packet that is out, and strike it with one button."""

import io
import zipfile

import pytest

from campaign.collaborators import now
from campaign.domain import journalling
from campaign.models.petition import Petition
from campaign.web.public.memory import memory
from campaign.worker import build_addenda, build_packets
from tests.inspector import InspectedClient
from tests.make import Make
from tests.web.staff.people import Person, sealed


@pytest.mark.feature(112)
def test_staff_are_told_of_withdrawals_and_make_an_addendum_that_everybody_can_check(
    make: Make, nora: Person, samir: Person, client: InspectedClient
) -> None:
    petition: Petition = make.open_petition()
    rows = make.confirmed_signatures(3, petition)
    make.count(petition)
    reference = sealed(nora, samir, petition, level="full")
    build_packets()
    page, way = f"/staff/packets/{reference}", f"/staff/packets/{reference}/delivery"
    assert "Addenda" not in nora.get(page).text
    make.withdraw(rows[1])
    make.count(petition)
    assert "It has not left the house" in nora.get(page).text
    assert nora.send(f"{page}/addenda", page).status_code == 409
    nora.send(f"{way}/printed", way, place="")
    nora.send(f"{way}/hand-over", way, outcome="left", on=now().date().isoformat(), place="", words="")
    assert "1 signature of this packet was withdrawn or removed" in nora.get(page).text
    assert nora.send(f"{page}/addenda", page).status_code == 303
    assert "A worker is printing it" in nora.get(page).text
    assert "Withdrawn since" not in client.get(f"/packets/{reference}").text
    assert build_addenda() == 1
    told = nora.get(page).text
    assert "was withdrawn or removed" not in told
    assert f"{reference}-V1" in told
    files = nora.send(f"/staff/addenda/{reference}-V1/download", page)
    names = zipfile.ZipFile(io.BytesIO(files.data)).namelist()
    assert names == [f"{reference}-V1/{name}" for name in ("addendum.pdf", "manifest.json", "seal.json")]
    assert f"{reference}-V1" in nora.get(way).text
    memory().forget()
    public = client.get(f"/packets/{reference}").text
    assert "Withdrawn since" in public
    assert "The packet now stands for 2 signatures" in public
    acts = [entry.act for entry, _ in journalling.of("packet", reference)]
    assert acts[:2] == ["addendum downloaded", "addendum made"]
