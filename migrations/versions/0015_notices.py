"""Letters that nobody has to write: what petition they are about, and what number it had reached.

Revision: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("campaign_update", schema=None) as batch_op:
        batch_op.add_column(sa.Column("petition_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("mark", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_campaign_update_petition_id"), ["petition_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_campaign_update_petition_id_petition"), "petition", ["petition_id"], ["id"]
        )


def downgrade():
    with op.batch_alter_table("campaign_update", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_campaign_update_petition_id_petition"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_campaign_update_petition_id"))
        batch_op.drop_column("mark")
        batch_op.drop_column("petition_id")
