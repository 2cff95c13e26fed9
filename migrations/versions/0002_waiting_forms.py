"""How many unconfirmed forms a removal by conditions would hold back, and how many it did.

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("invalidation") as table:
        table.add_column(sa.Column("waiting", sa.Integer(), server_default=sa.text("0"), nullable=False))
        table.add_column(sa.Column("held_back", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade():
    with op.batch_alter_table("invalidation") as table:
        table.drop_column("held_back")
        table.drop_column("waiting")
