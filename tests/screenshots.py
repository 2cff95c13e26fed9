"""The pictures of the README, taken from a demonstration of its own: `make screenshots`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from campaign.demo.loading import ACCOUNTS, DEMO_PASSWORD, PETITION

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "static" / "img"
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1280, "height": 1000}


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of a running demonstration with 5,000 signers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as instance:
        environ = os.environ | {"CAMPAIGN_INSTANCE": instance, "PORT": str(port), "PYTHONWARNINGS": "ignore"}
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        fonts = ROOT / "instance" / "fonts"
        if fonts.is_dir():
            (Path(instance) / "fonts").symlink_to(fonts)
        for words in (["db", "upgrade"], ["keys", "register"], ["demo", "--signatures", "5000"]):
            subprocess.run([*flask, *words], cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
        site = subprocess.Popen([*flask, "serve", "--port", str(port)], cwd=ROOT, env=environ)
        try:
            _wait(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            site.terminate()
            site.wait()


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise SystemExit(f"nothing answered at {address}")


def petition(page: Page, site: str) -> None:
    page.goto(f"{site}/petitions/{PETITION}")
    page.screenshot(path=PICTURES / "readme-petition.png")


def packet(page: Page, site: str) -> None:
    """A packet that waits to be sealed, with what its preflight found."""
    page.goto(f"{site}/account/login")
    page.fill("[name=email]", ACCOUNTS["staff"])
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main [type=submit]")
    page.goto(f"{site}/staff/packets/new")
    page.select_option("[name=petition]", PETITION)
    page.select_option("[name=addressee]", "sg")
    page.select_option("[name=level]", "full")
    page.click("main [type=submit]")
    page.screenshot(path=PICTURES / "readme-packet.png")


def take(browser: Browser, site: str) -> None:
    for picture in (petition, packet):
        page = browser.new_page(viewport=SIZE, device_scale_factor=1)
        picture(page, site)
        page.close()


def main() -> None:
    with demonstration() as site, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        take(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
