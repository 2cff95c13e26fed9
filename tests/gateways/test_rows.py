"""Rows: what the template of signature sheets is told of each line beforehand."""

import re
from typing import Any

import pytest

from campaign.gateways import rows
from campaign.gateways.printer import TEMPLATES

THERE = ["Noto Serif", "Noto Naskh Arabic"]


def _prepared(lines: list[list[Any]], first: int = 1, comma: str = ",") -> dict[str, Any]:
    return rows.prepared({"first": first, "rows": lines, "no": 7}, THERE, comma)


def test_by_number_the_number_is_the_position_and_by_country_its_own() -> None:
    line = ["Anna", "France", "2017-05-01", "N"]
    assert [row[0] for row in _prepared([line, line], first=999)["rows"]] == ["999", "1,000"]
    assert [row[0] for row in _prepared([line, line], first=1_234_567, comma=".")["rows"]] == ["1.234.567", "1.234.568"]
    assert [row[0] for row in _prepared([[*line, 40_000], [*line, 12]])["rows"]] == ["40,000", "12"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Anna Li", ["Anna Li", "", 7, 7]),
        ("Лев", ["Лев", "", 6, 3]),
        ("e\u0301\u0323", ["e\u0301\u0323", "", 5, 3]),  # too many letters only make it be measured
        ("محمد", ["\u2067محمد\u2069", "Noto Naskh Arabic", 8, 4]),
        ("(محمد)", ["\u2067(محمد)\u2069", "Noto Naskh Arabic", 10, 6]),
        ("John محمد", ["John محمد", "", 13, 9]),
        ("ស៊ី", ["ស៊ី", "", 9, 1]),
        ("", ["", "", 0, 0]),
    ],
)
def test_a_name_is_told_with_its_face_its_direction_and_its_size(name: str, told: list[Any]) -> None:
    (row,) = _prepared([[name, "France", "2017-05-01", "N"]])["rows"]
    assert row == ["1", "N", *told, "France", "2017-05-01"]


def test_a_name_is_turned_by_the_same_rule_on_sheets_and_everywhere_else() -> None:
    """The rule is written twice, as the templates of other pages are not prepared: once for each engine."""
    ours = re.sub(r"\\[uU]0*([0-9A-F]+)", r"\\u{\1}", rows._BACKWARDS.pattern).replace(r"\p", r"\\p")
    assert f'#let rtl-first = regex("^{ours}")' in (TEMPLATES / "house.typ").read_text()


def test_faces_countries_and_days_are_those_that_the_lines_show() -> None:
    made = _prepared(
        [
            ["محمد", "Iran", "2017-05-02", "N"],
            ["A. B.", "", "2017-05-01", "I"],
            ["", "Tuvalu", "2017-05-01", "G"],
            ["", "", "", "C"],
        ]
    )
    assert made["faces"] == ["", "Noto Naskh Arabic"]
    assert made["countries"] == ["", "Iran", "Tuvalu"]
    assert made["days"] == ["2017-05-01", "2017-05-02"]
    assert made["no"] == 7


@pytest.mark.parametrize("end", ["\n", "\u2028", "\x85", "\v"])
def test_a_name_of_two_lines_is_refused(end: str) -> None:
    with pytest.raises(rows.TwoLines):
        _prepared([[f"Anna{end}Anna", "France", "2017-05-01", "N"]])
