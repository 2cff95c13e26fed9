"""Letters in several languages, people counted once over several letters, drafts that know what was public.

Revision: 0003
Revises: 0002

What says within a campaign who signed is written only where several letters stand under it: elsewhere it is emptied
here. Who asked for news keeps the key under which the subscription will be made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENTS = ("joined_at", "addresses_matched_at", "names_matched_at", "people_since", "people_until")
NUMBERS = ("people_count", "people_unmatched")


def moment(name):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade():
    for name in MOMENTS:
        op.add_column("campaign", moment(name))
    for name in NUMBERS:
        op.add_column("campaign", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    for name in ("person_name_key", "subscription_key"):
        op.add_column("signature", sa.Column(name, sa.LargeBinary(length=32), nullable=True))
    op.add_column("petition_text", sa.Column("consent_parts", sa.JSON(), nullable=True))
    op.add_column("petition_text", moment("ended_at"))
    op.add_column("draft", sa.Column("base", sa.JSON(), nullable=True))
    only = sa.text("person_key IS NOT NULL")
    op.create_index("ix_signature_person", "signature", ["person_key"], sqlite_where=only, postgresql_where=only)
    _sort_out_keys()


def _sort_out_keys():
    several = "SELECT campaign_id FROM petition GROUP BY campaign_id HAVING count(*) > 1"
    op.execute("UPDATE signature SET subscription_key = person_key WHERE wants_updates")
    op.execute(
        "UPDATE signature SET person_key = NULL WHERE petition_id IN "  # noqa: S608 - a constant of ours
        f"(SELECT id FROM petition WHERE campaign_id NOT IN ({several}))"
    )
    op.execute(f"UPDATE campaign SET joined_at = CURRENT_TIMESTAMP WHERE id IN ({several})")  # noqa: S608


def downgrade():
    op.execute("UPDATE signature SET person_key = subscription_key WHERE person_key IS NULL")
    op.drop_index("ix_signature_person", "signature")
    op.drop_column("draft", "base")
    for name in ("ended_at", "consent_parts"):
        op.drop_column("petition_text", name)
    for name in ("subscription_key", "person_name_key"):
        op.drop_column("signature", name)
    for name in (*reversed(NUMBERS), *reversed(MOMENTS)):
        op.drop_column("campaign", name)
