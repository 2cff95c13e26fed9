"""What a line shows, locked between sealing and printing.

Revision: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "packet_galley",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("volume", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_packet_galley_packet_id_packet"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("packet_id", "volume", name=op.f("pk_packet_galley")),
    )


def downgrade():
    op.drop_table("packet_galley")
