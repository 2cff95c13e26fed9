"""What a browser can see and a reader of HTML cannot: contrast, names of controls, width. axe does most of it."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LOOKS = ((390, "light"), (1280, "dark"))  # each width and each scheme once: a colour depends on no width
RUN = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it is open, on a telephone in light and on a desk in dark."""
    found = []
    page.evaluate(f"() => {{ {AXE_SCRIPT} }}")
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        where = f"{page.url} at {width} px, {scheme}"
        found += [f"{where}: {_said(violation)}" for violation in page.evaluate(RUN)]
        beyond = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        if beyond > 0:
            found.append(f"{page.url} at {width} px: {beyond} px wider than the window")
    return found


def _said(violation: dict[str, Any]) -> str:
    places = [" ".join(map(str, node["target"])) for node in violation["nodes"][:3]]
    return f"{violation['id']} ({len(violation['nodes'])}): {violation['help']} – {'; '.join(places)}"
