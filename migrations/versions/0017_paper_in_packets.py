"""Lines of paper sheets as a packet prints them.

Revision: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FORMS = (
    "name", "initials", "counted_only", "other_addressee", "under_review", "no_glyph", "totals_only", "weeded",
    "withdrawn", "removed",
)  # fmt: skip


def upgrade():
    op.create_table(
        "packet_paper_line",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "printed_as",
            sa.Enum(*FORMS, name="printedas", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("line_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_packet_paper_line_packet_id_packet"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["line_id"], ["paper_line.id"], name=op.f("fk_packet_paper_line_line_id_paper_line")),
        sa.PrimaryKeyConstraint("packet_id", "line_id", name=op.f("pk_packet_paper_line")),
    )
    with op.batch_alter_table("packet_paper_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packet_paper_line_line_id"), ["line_id"], unique=False)


def downgrade():
    op.drop_table("packet_paper_line")
