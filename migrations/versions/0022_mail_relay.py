"""What the mail server said that it can do.

Revision: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mail_relay",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("takes_any_script", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_relay")),
    )


def downgrade():
    op.drop_table("mail_relay")
