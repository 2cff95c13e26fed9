"""How numbers, days and countries are written: by the reader's language, and only as exactly as they are known."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup

from campaign.collaborators import collaborators
from campaign.domain.giving.money import digits
from campaign.web import origins
from campaign.web.prose import markdown, placed


def number(value: int) -> str:
    return format_decimal(value, locale=get_locale())


def money(amount: int, currency: str) -> str:
    """An amount in smallest units, as the reader's language writes it."""
    return str(format_currency(Decimal(amount).scaleb(-digits(currency)), currency, locale=get_locale()))


def day(value: date | datetime | str) -> str:
    """A day, or a partial date such as 2017 or 2017-06 written no more exactly than that."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).date()
    if isinstance(value, str):
        if len(value) == len("2017"):
            return value
        if len(value) == len("2017-06"):
            return format_date(date.fromisoformat(f"{value}-01"), "MMMM y", locale=get_locale())
        value = date.fromisoformat(value)
    return format_date(value, "d MMMM y", locale=get_locale())


def moment(value: datetime) -> str:
    """A moment with its clock, always in UTC and saying so."""
    return format_datetime(value.astimezone(UTC), "d MMMM y, HH:mm 'UTC'", locale=get_locale())


def country(code: str) -> str:
    """The country's name in the reader's language; the code itself where CLDR has none."""
    return get_locale().territories.get(code, code)


def eights(value: str) -> list[str]:
    """A hash or receipt number in groups that an eye can compare."""
    return [value[i : i + 8] for i in range(0, len(value), 8)]


def weight(size: int) -> str:
    """Bytes as people say them."""
    return (
        f"{format_decimal(round(size / 1024**2, 1), locale=get_locale())} MB"
        if size >= 1024**2
        else (f"{format_decimal(max(1, round(size / 1024)), locale=get_locale())} kB")
    )


def begun(text: str) -> str:
    """The text as the beginning of a sentence; nothing else of it is changed."""
    return text[:1].upper() + text[1:]


def apart(text: object) -> Markup | str:
    """Somebody's own words among ours: in Arabic or Hebrew letters they would turn what stands beside them."""
    return Markup("<bdi>{}</bdi>").format(text) if text else ""


def init_app(app: Flask) -> None:
    for filter_ in (number, money, day, moment, country, eights, begun, markdown, placed, weight, apart):
        app.jinja_env.filters[filter_.__name__] = filter_

    app.jinja_env.globals["form_stamp"] = origins.make_stamp

    @app.context_processor
    def site() -> dict[str, Any]:
        settings = collaborators().settings
        return {
            "site": {
                "name": settings.site_name,
                "operator": settings.operator,
                "url": settings.site_url,
                "is_public": "public" in settings.roles,
            }
        }
