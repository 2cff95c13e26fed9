"""Asking for news without signing, and moving a subscription to another address.

Revision: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signed_as", sa.LargeBinary(length=16), nullable=True))
        batch_op.create_index(batch_op.f("ix_subscription_signed_as"), ["signed_as"], unique=False)
    op.execute("UPDATE subscription SET signed_as = public_id")  # until now only signing made them
    op.create_table(
        "news_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=True),
        sa.Column("box_of", sa.LargeBinary(length=16), nullable=False),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("signed_as", sa.LargeBinary(length=16), nullable=True),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_version", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_news_request_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_news_request_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_news_request_public_id")),
    )
    with op.batch_alter_table("news_request", schema=None) as batch_op:
        for column in ("asked_at", "campaign_id", "email_key", "subscription_id"):
            batch_op.create_index(batch_op.f(f"ix_news_request_{column}"), [column], unique=False)


def downgrade():
    op.drop_table("news_request")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_signed_as"))
        batch_op.drop_column("signed_as")
