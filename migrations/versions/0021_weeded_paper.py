"""Names of paper lines that staff strike from a packet before it is sealed.

Revision: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

REASONS = ("no_name", "insult", "double", "danger", "asked", "illegible")


def _word(name, *states):
    return sa.Enum(*states, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade():
    op.create_table(
        "weeded_paper_line",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", _word("weedingreason", *REASONS), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_weeded_paper_line_by_id")),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_weeded_paper_line_packet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("packet_id", "sheet", "line", name=op.f("pk_weeded_paper_line")),
    )


def downgrade():
    op.drop_table("weeded_paper_line")
