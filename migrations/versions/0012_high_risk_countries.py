"""The countries in which signers are asked twice, for every site that has none on its list.

A list that staff have begun stays as it is.

Revision: 0012
Revises: 0011
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "high_risk_country"
TO_REVIEW = "starting list of November 2026, to be reviewed"
COUNTRIES = [
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
]


def upgrade():
    table = sa.table(
        "list_entry",
        sa.column("name", sa.String()),
        sa.column("value", sa.String()),
        sa.column("note", sa.String()),
        sa.column("added_at", sa.DateTime(timezone=True)),
    )
    begun = op.get_bind().scalar(sa.select(sa.func.count()).select_from(table).where(table.c.name == NAME))
    if begun:
        return
    at = datetime.now(UTC)
    op.bulk_insert(
        table,
        [{"name": NAME, "value": code, "note": f"{why} ({TO_REVIEW})", "added_at": at} for code, why in COUNTRIES],
    )


def downgrade():
    """The list stays: which of it came with the site and which staff have kept cannot be told apart."""
