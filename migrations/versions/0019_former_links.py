"""Links of letters that went out before a subscription was woken anew.

Revision: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "former_link",
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_version", sa.SmallInteger(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_former_link_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("public_id", name=op.f("pk_former_link")),
    )
    with op.batch_alter_table("former_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_link_subscription_id"), ["subscription_id"], unique=False)


def downgrade():
    op.drop_table("former_link")
