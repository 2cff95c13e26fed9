"""Reading the data files: strictly, so that a typo is a sentence that says where, and never a lost fact."""

import dataclasses
import enum
import json
import types
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from campaign.demo.records import (
    AddresseeList,
    CampaignRecord,
    NameList,
    OrganisationRecord,
    PersonRecord,
    SourceRecord,
)

FOLDER = Path(__file__).parent
T = TypeVar("T")


class DataWrong(Exception):
    """A data file of the demonstration is not as it should be."""


def sources(folder: Path = FOLDER) -> list[SourceRecord]:
    return _file(folder / "sources.json", list[SourceRecord])


def people(folder: Path = FOLDER) -> list[PersonRecord]:
    return _file(folder / "people.json", list[PersonRecord])


def campaigns(folder: Path = FOLDER) -> list[CampaignRecord]:
    return _file(folder / "campaigns.json", list[CampaignRecord])


def organisations(folder: Path = FOLDER) -> list[OrganisationRecord]:
    return _file(folder / "organisations.json", list[OrganisationRecord])


def addressees(folder: Path = FOLDER) -> AddresseeList:
    return _file(folder / "addressees.json", AddresseeList)


def names(folder: Path = FOLDER) -> NameList:
    return _file(folder / "names.json", NameList)


def _file(path: Path, shape: type[T]) -> T:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise DataWrong(f"{path.name}: {fault}") from fault
    record: T = read(data, shape, path.name)
    return record


def read(data: Any, shape: Any, where: str) -> Any:
    """`data` as `shape`, or DataWrong naming the place: `people.json[3].facts[0]: unknown key "valu"`."""
    if get_origin(shape) is list:
        if not isinstance(data, list):
            raise DataWrong(f"{where}: a list is needed")
        (inner,) = get_args(shape)
        return [read(each, inner, f"{where}[{n}]") for n, each in enumerate(data)]
    if get_origin(shape) in (Union, types.UnionType):
        inner = next(each for each in get_args(shape) if each is not type(None))
        return None if data is None else read(data, inner, where)
    if dataclasses.is_dataclass(shape):
        return _record(data, shape, where)
    return _value(data, shape, where)


def _record(data: Any, shape: Any, where: str) -> Any:
    if not isinstance(data, dict):
        raise DataWrong(f"{where}: a record in braces is needed")
    hints = _hints(shape)
    for key in data:
        if key not in hints:
            raise DataWrong(f'{where}: unknown key "{key}"; known are {", ".join(hints)}')
    try:
        return shape(**{key: read(each, hints[key], f"{where}.{key}") for key, each in data.items()})
    except TypeError as fault:  # a key without a default is missing
        raise DataWrong(f"{where}: {str(fault).partition(' ')[2]}") from fault


@cache
def _hints(shape: Any) -> dict[str, Any]:
    return get_type_hints(shape)


def _value(data: Any, shape: Any, where: str) -> Any:
    try:
        if issubclass(shape, enum.Enum):
            return shape(data)
        if shape is date:
            return date.fromisoformat(data)
    except (ValueError, TypeError) as fault:
        raise DataWrong(f"{where}: {fault}") from fault
    if type(data) is not shape or (shape is str and not data.strip() and not where.endswith((".note", ".url"))):
        raise DataWrong(f"{where}: {data!r} is not a {shape.__name__} that says something")
    return data
