"""Forewarning: the countries with which every site begins where signing visibly may bring somebody into danger.

Whoever signs from one of them is asked a second time before a name can be seen. A site without the list would ask
nobody, so it comes with the tables; staff add and remove as they learn more, and nothing puts back what they removed.
"""

from datetime import datetime

from sqlalchemy import select

from campaign.database import db
from campaign.models.site import ListEntry, ListName

TO_REVIEW = "starting list of November 2026, to be reviewed"
# What a site begins with; the migration writes the same. ISO 3166 alpha-2, and why.
SHIPPED = (
    ("AE", "long sentences for criticism online"),
    ("AF", "no protection for anybody who is seen to oppose the authorities"),
    ("AZ", "critics and their relatives prosecuted, also after returning"),
    ("BY", "fines and prison for showing support for prisoners"),
    ("CN", "pressure on relatives; reach across borders"),
    ("CU", "prison for public criticism"),
    ("EG", "mass detention of critics; reach across borders"),
    ("ER", "detention without trial; pressure on families of exiles"),
    ("HK", "signing may be read as an offence against national security"),
    ("IR", "contact with campaigns abroad is prosecuted; reach across borders"),
    ("KP", "no form of dissent is safe, for relatives either"),
    ("MM", "prison for statements of support"),
    ("NI", "critics imprisoned, expelled, deprived of nationality"),
    ("RU", "contact with organisations declared undesirable is a crime"),
    ("SA", "decades in prison for messages that asked to free a prisoner"),
    ("TJ", "relatives of exiles detained and threatened; reach across borders"),
    ("TM", "relatives of critics punished; reach across borders"),
    ("TR", "prosecution for statements of support; reach across borders"),
    ("UZ", "critics prosecuted; relatives under pressure"),
    ("VE", "arbitrary detention of critics"),
    ("VN", "prison for statements against the State"),
)


def begin(*, at: datetime) -> None:
    """Put the shipped countries on an empty list."""
    name = ListName.HIGH_RISK_COUNTRY
    if db.session.scalar(select(ListEntry.value).where(ListEntry.name == name).limit(1)) is not None:
        return
    db.session.add_all(
        ListEntry(name=name, value=code, note=f"{why} ({TO_REVIEW})", added_at=at) for code, why in SHIPPED
    )
    db.session.flush()
