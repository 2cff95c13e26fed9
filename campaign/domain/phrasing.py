"""Phrasing: how a communication says in English, French or Spanish what is the same in each.

Its frozen contents hold words of the record as they are, and everything fixed as a key: `said("Born")` is looked up
in the language of the communication when it is printed, `on("2015-09")` becomes a date as exact as that, and None is
printed as "not known". So the PDF, the document and the blocks for the portal can say nothing different.
"""

from collections.abc import Mapping
from typing import Any, Protocol

Value = Any  # a text of the record, None, or one of the marks below, or a list of them


def N_(message: str) -> str:
    """Mark fixed words for the table of each language; whoever prints them looks them up."""
    return message


def said(words: str, **values: Any) -> dict[str, Any]:
    """Fixed words, with {named} places filled in afterwards."""
    return {"w": words, "p": values} if values else {"w": words}


def on(partial: str | None) -> Any:
    """A partial date; None where there is none."""
    return {"d": partial} if partial else None


def cited(value: Value, sources: list[int]) -> dict[str, Any]:
    """A value and the numbers of its sources."""
    return {"v": value, "s": sources}


class Phrases(Protocol):
    """The fixed words of one language."""

    lang: str

    def __call__(self, words: str, **values: Any) -> str: ...

    def day(self, partial: str) -> str: ...

    def number(self, value: int) -> str: ...


def text_of(value: Value, phrases: Phrases) -> str:
    """A value as plain text in that language; the number of a source stands in brackets behind it."""
    if value is None or value == "":
        return phrases("not known")
    if isinstance(value, list | tuple):
        return phrases("; ").join(text_of(each, phrases) for each in value)
    if not isinstance(value, Mapping):
        return str(value)
    if "w" in value:
        filled = {k: text_of(v, phrases) if isinstance(v, Mapping) else v for k, v in value.get("p", {}).items()}
        return phrases(value["w"], **filled)
    if "d" in value:
        return phrases.day(value["d"])
    if "n" in value:
        return phrases.number(value["n"])
    if "hash" in value:
        return str(value["hash"])
    if "sign" in value:
        return "____________________"
    if "v" in value:
        numbers = "".join(f" [{n}]" for n in value["s"])
        return text_of(value["v"], phrases) + numbers
    return " ".join(text_of(each, phrases) for each in value["all"])


def labelled(label: str, value: str, phrases: Phrases) -> str:
    """A label and what stands behind it, with the colon as the language sets it; a question keeps its own mark."""
    said_as = phrases(label)
    return f"{said_as} {value}" if said_as.endswith("?") else f"{said_as}{phrases(':')} {value}"


def source_line(source: Mapping[str, Any] | str, phrases: Phrases) -> str:
    """One source in one line. What was sealed when sources were frozen as lines stays as it is."""
    if isinstance(source, str):
        return source
    published = phrases.day(source["published"]) if source["published"] else ""
    named = ", ".join(part for part in (source["title"], source["publisher"], published, source["url"]) if part)
    if not source["note"]:
        return named
    return named + (" – " if named.endswith("/") else ". ") + str(source["note"])


def together(*values: Value) -> dict[str, Any]:
    """Several values one after the other, as one."""
    return {"all": [value for value in values if value not in (None, "")]}
