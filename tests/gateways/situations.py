"""Pages to print, invented: everything the templates read, small, in `pages.json`."""

import json
from pathlib import Path
from typing import Any

SEAL = "9f3c" * 16


def pages(**more: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("pages.json").read_text())
    return data | more


def volume(rows: list[list[str]], first: int = 1, **more: Any) -> dict[str, Any]:
    sheets = -(-(first + len(rows) - 1) // 40)
    return pages(
        volume={"no": 1, "of": 1, "first": first, "sheets": sheets, "carried": first - 1, "rows": rows}, **more
    )
