"""Development's mailbox: the letters that would have been sent, to read and to follow their links."""

import email
from email import policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, abort, render_template

from campaign.collaborators import collaborators

bp = Blueprint("mailbox", __name__)
LATEST = 50


@bp.get("/mailbox")
def letters() -> str:
    files = sorted(_folder().glob("*.eml"), key=lambda f: f.stat().st_mtime, reverse=True)[:LATEST]
    return render_template("mailbox/letters.html", letters=[(f.stem, _read(f)) for f in files])


@bp.get("/mailbox/<name>")
def letter(name: str) -> str:
    path = _folder() / f"{name}.eml"
    if not name.isalnum() or not path.is_file():
        abort(404)
    message = _read(path)
    plain = message.get_body(("plain",))
    return render_template("mailbox/letter.html", message=message, body=plain.get_content() if plain else "")


def _folder() -> Path:
    return collaborators().settings.instance / "mailbox"


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        message: EmailMessage = email.message_from_binary_file(file, policy=policy.default)  # type: ignore[assignment]
    return message
