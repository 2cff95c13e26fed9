import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest

from campaign.demo.loading import ACCOUNTS, DEMO_PASSWORD, PETITION
from campaign.gateways import glyph_zero
from campaign.models.account import RoleName
from tests.house.rooms import ROOT
from tests.journeys import looking

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("house", ["sqlite"], indirect=True)]
SIGNERS = 90
FONTS = next(filter(Path.is_dir, [ROOT / "instance/fonts", Path("/usr/share/fonts/truetype/noto")]), None)


@pytest.fixture
def site(living, house):
    """The reference case with signers in many scripts, web and worker running."""
    fonts = house.settings.instance / "fonts"
    if FONTS and not fonts.exists():
        fonts.symlink_to(FONTS)
    site = living()
    site.command("demo", "--signatures", str(SIGNERS))
    site.start_worker()
    site.start_web(processes=1)
    return site


def come_in(visitor, site, role):
    visitor.page.goto(f"{site.url}/account/login")
    visitor.page.get_by_label("E-mail address").fill(ACCOUNTS[role])
    visitor.page.get_by_label("Password").fill(DEMO_PASSWORD)
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.page.wait_for_url("**/staff*")
    return visitor


def draft(page, site):
    page.goto(f"{site.url}/staff/packets/new")
    page.get_by_label("Petition").select_option(PETITION)
    page.get_by_label("Addressee").select_option("sg")
    page.get_by_label("Show at most").select_option("full")
    page.get_by_role("button", name="Open the draft").click()
    return re.search(r"[A-Z]{2}-\d{4}-\d{3}-[A-Z]\d", page.locator("h1").inner_text())[0]


def shows_an_empty_box(path):
    """Read once more, operator by operator: strings that are shown are made of two-byte glyphs, none of them 0."""
    with pikepdf.open(path) as document:
        for page in document.pages:
            for step in pikepdf.parse_content_stream(page, "Tj TJ"):
                parts = step.operands[0] if isinstance(step.operands[0], pikepdf.Array) else step.operands
                for codes in (bytes(part) for part in parts if isinstance(part, pikepdf.String)):
                    if any(codes[i : i + 2] == b"\0\0" for i in range(0, len(codes), 2)):
                        return True
    return False


@pytest.mark.feature(106, 114)
def test_staff_draft_check_seal_build_and_download_a_packet(site, visitor, tmp_path):
    nora, samir = come_in(visitor(), site, RoleName.STAFF), come_in(visitor(), site, RoleName.ADMIN)
    reference = draft(nora.page, site)
    place = f"{site.url}/staff/packets/{reference}"
    seen = looking.faults(nora.page)

    samir.page.goto(place)
    samir.page.get_by_role("button", name="I have checked this packet").click()
    seen += looking.faults(samir.page)
    samir.page.get_by_role("link", name="Go on to sealing").click()
    seen += looking.faults(samir.page)
    samir.page.get_by_role("button", name="Seal and build").click()

    nora.page.goto(place)
    nora.page.get_by_role("button", name="Download the packet").wait_for(timeout=60_000)
    seen += looking.faults(nora.page)
    with nora.page.expect_download() as coming:
        nora.page.get_by_role("button", name="Download the packet").click()
    coming.value.save_as(tmp_path / "packet.zip")
    assert seen == []
    assert coming.value.suggested_filename.endswith(".zip")

    with zipfile.ZipFile(tmp_path / "packet.zip") as packet:
        packet.extractall(tmp_path / "packet")
    files = sorted((tmp_path / "packet").rglob("*.pdf"))
    assert len(files) >= 9
    for file in files:
        pages, empty = glyph_zero.examine(file.read_bytes())
        assert pages > 0, file.name
        assert empty == [], file.name
        assert not shows_an_empty_box(file), file.name

    folder = next((tmp_path / "packet").rglob("manifest.json")).parent
    assert "add up" in site.command("packets", "verify", str(folder))
    changed = bytearray(files[0].read_bytes())
    changed[len(changed) // 2] ^= 1
    files[0].write_bytes(changed)
    refused = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "packets", "verify", str(folder)],
        cwd=ROOT, env=site.environ, capture_output=True, text=True,
    )  # fmt: skip
    assert refused.returncode == 1
    assert files[0].name in refused.stderr

    nora.page.goto(f"{site.url}/staff/journal")
    journal = nora.page.locator("main").inner_text()
    for act in ("drafted", "checked", "sealed", "downloaded"):
        assert act in journal
