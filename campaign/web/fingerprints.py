"""Styles and scripts carry a mark of their content in their address, so that a new one is seen at once.

`url_for("static", …)` adds it everywhere. Under its own mark a file may be kept for a year, as another content has
another address; without one, or under an old one, for an hour.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request

ONE_HOUR, ONE_YEAR = "public, max-age=3600", "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    @app.url_defaults
    def mark(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", of(str(values["filename"])))


def of(filename: str) -> str | None:
    """Ten signs of the file's SHA-256; None, and so nothing in the address, where there is no such file."""
    root = Path(current_app.static_folder or "")
    try:
        state = (root / filename).stat()
    except (OSError, ValueError):
        return None
    return _digest(root / filename, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def cache() -> str:
    """How long what is asked for just now may be kept."""
    asked, filename = request.args.get("v"), (request.view_args or {}).get("filename", "")
    return ONE_YEAR if asked and asked == of(filename) else ONE_HOUR
