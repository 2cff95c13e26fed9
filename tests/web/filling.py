"""A person at a form: reads the page, fills in what it asks for, sends what stands in it."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.inspector import Page, Tag, read


def leila(**changed: Any) -> dict[str, Any]:
    """What Leïla writes into the sign form; None leaves a field out."""
    fields = {
        "name": "Leïla Benhaddou",
        "email": "leila@post.example",
        "country": "FR",
        "visibility": "addressee",
        "consent": "y",
    } | changed
    return {key: value for key, value in fields.items() if value is not None}


def stamp_of(response: TestResponse) -> str:
    return next(t.attrs["value"] for t in read(response.text).all("input") if t.attrs.get("name") == "stamp")


def sign(client: FlaskClient, slug: str, **changed: Any) -> TestResponse:
    """Open the petition's page and send its form."""
    stamp = stamp_of(client.get(f"/petitions/{slug}"))
    return client.post(f"/petitions/{slug}/sign", data={"stamp": stamp} | leila(**changed))


def field(page: Page, name: str) -> Tag:
    return next(t for t in page.all("input", "select") if t.attrs.get("name") == name)


def typed(response: TestResponse) -> dict[str, str]:
    """What stands in the form of an answer: written, chosen, ticked."""
    page = read(response.text)
    kept = {}
    for tag in page.all("input"):
        kind, name = tag.attrs.get("type", "text"), tag.attrs.get("name", "")
        if name == "remarks":  # the trap, which people do not see
            continue
        if kind in {"text", "email"} or (kind in {"radio", "checkbox"} and "checked" in tag.attrs):
            kept[name] = tag.attrs.get("value", "")
    kept["country"] = next((t.attrs["value"] for t in page.all("option") if "selected" in t.attrs), "")
    return kept
