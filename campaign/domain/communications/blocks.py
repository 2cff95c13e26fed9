"""Blocks: the communication as plain text, whole or field by field, to be copied into the mandates' own forms.

The portal takes no file for its fields, so each answer is a block of its own, in the order in which the form asks. A
block says exactly what the page says, with the numbers of the sources in brackets and the sources written out below.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from campaign.domain.phrasing import Phrases, text_of


@dataclass(frozen=True)
class Block:
    """One field of a form. `code` names its file and its place on the page."""

    code: str
    title: str
    text: str


def of(made: dict[str, Any], phrases: Phrases) -> list[Block]:
    """Every field in order. What a questionnaire only points at is written out."""
    sections = {section["no"]: section for section in made["sections"]}
    found = []
    for section in made["sections"]:
        if section["no"] != "4":
            found.append(Block(section["no"], _title(section, phrases), "\n".join(_lines(section["items"], phrases))))
            continue
        for item in section["items"]:
            if item["t"] == "qa":
                pointed = sections[_POINTS[item["no"]]]["items"] if item["no"] in _POINTS else None
                lines = _lines(pointed, phrases) if pointed else _answers(item, phrases)
                title = f"{item['no']}. {phrases(item['title'])}"
                found.append(Block(f"4-{item['no'].lower()}", title, "\n".join(lines)))
    found.append(Block("sources", phrases("Sources"), "\n".join(_sources(made))))
    found.append(Block("p", phrases("Petition statement"), "\n".join(_petition(made, phrases))))
    return found


_POINTS = {"V": "6", "VI": "7", "5": "7", "7": "2", "8": "1"}  # part of a questionnaire → section that holds it


def whole(made: dict[str, Any], phrases: Phrases, *, head: str = "") -> str:
    """The whole communication as Markdown."""
    person = made["person"]
    lines = [f"# {person['name']}", *person["native"], *([head] if head else []), ""]
    for section in made["sections"]:
        lines += [f"## {_title(section, phrases)}", "", *_lines(section["items"], phrases), ""]
    lines += [f"## {phrases('Sources')}", "", *_sources(made), ""]
    lines += [f"## {phrases('Annex')} P: {phrases('Petition statement')}", "", *_petition(made, phrases)]
    return "\n".join(lines) + "\n"


def _title(section: dict[str, Any], phrases: Phrases) -> str:
    return f"{section['no']}. {phrases(section['title'])}"


def _lines(items: list[dict[str, Any]], phrases: Phrases) -> Iterator[str]:
    for item in items:
        yield from _WRITERS[item["t"]](item, phrases)


def _rows(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    for label, value in item["rows"]:
        yield f"{phrases(label)}: {text_of(value, phrases)}"


def _qa(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    yield f"### {item['no']}. {phrases(item['title'])}"
    yield from _answers(item, phrases)


def _answers(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    for number, question, answer in item["rows"]:
        asked = f"{number} {phrases(question)}".strip()
        if isinstance(answer, list) and len(answer) > 1:
            yield f"{asked}:"
            yield from (f"- {text_of(each, phrases)}" for each in answer)
        else:
            yield f"{asked}: {text_of(answer, phrases)}"


def _paras(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    yield from (text_of(each, phrases) for each in item["paras"])


def _list(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    yield from (f"{n}. {text_of(each, phrases)}" for n, each in enumerate(item["rows"], 1))


def _note(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    yield text_of(item["v"], phrases)


def _yes_no(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    for sentence, answer in item["rows"]:
        word = {True: "Yes", False: "No", None: "not recorded"}[answer]
        yield f"{phrases(sentence)} {phrases(word)}."


def _table(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    for row in item["rows"]:
        yield "- " + " | ".join(text_of(cell, phrases) for cell in row)
    if not item["rows"] and "empty" in item:
        yield text_of(item["empty"], phrases)


def _grounds(item: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    for number, sentence, ticked in item["rows"]:
        if ticked:
            yield f"{phrases('Category')} {number}: {phrases(sentence)}"
            yield from ticked["why"]
            if ticked["articles"]:
                yield f"{phrases('Articles')}: {_joined(ticked['articles'], phrases)}"
    if not any(ticked for *_rest, ticked in item["rows"]):
        yield phrases("No category is ticked.")


def _joined(values: list[Any], phrases: Phrases) -> str:
    return "; ".join(text_of(each, phrases) for each in values)


_WRITERS = {
    "rows": _rows,
    "qa": _qa,
    "paras": _paras,
    "list": _list,
    "note": _note,
    "yesno": _yes_no,
    "table": _table,
    "grounds": _grounds,
}


def _sources(made: dict[str, Any]) -> Iterator[str]:
    yield from (f"[{n}] {source}" for n, source in enumerate(made["sources"], 1))


def _petition(made: dict[str, Any], phrases: Phrases) -> Iterator[str]:
    statement = made["petition"]
    counted = made["totals"]["counted"]
    word = phrases("counted signature") if counted == 1 else phrases("counted signatures")
    yield f"{phrases.number(counted)} {word}"
    yield from _rows(statement, phrases)
    yield from (text_of(line, phrases) for line in statement["method"])
    yield text_of(statement["withheld"], phrases)
