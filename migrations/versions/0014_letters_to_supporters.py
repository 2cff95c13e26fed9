"""Letters to supporters: updates, their recipients, the pace of sending, what came back.

Revision: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mail_pace",
        sa.Column("domain_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusals", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("domain_key", name=op.f("pk_mail_pace")),
    )
    op.create_table(
        "mail_trouble",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "soft", "hard", "complaint", name="troublekind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_trouble")),
        sa.UniqueConstraint("digest", name=op.f("uq_mail_trouble_digest")),
    )
    with op.batch_alter_table("mail_trouble", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_trouble_at"), ["at"], unique=False)
        batch_op.create_index("ix_mail_trouble_whose", ["public_id", "at"], unique=False)

    op.create_table(
        "campaign_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "writing",
                "waiting",
                "scheduled",
                "sending",
                "paused",
                "sent",
                "cancelled",
                name="updatestate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("filled", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("returned", sa.String(length=500), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fanned_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["account.id"], name=op.f("fk_campaign_update_approved_by_id")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_campaign_update_author_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_update_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_update")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_update_code")),
    )
    with op.batch_alter_table("campaign_update", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_update_approved_by_id"), ["approved_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_update_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_update_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_campaign_update_state"), ["state"], unique=False)

    op.create_table(
        "update_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                "not_wanted",
                name="letterstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("has_turn", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_update_letter_subscription_id")
        ),
        sa.ForeignKeyConstraint(["update_id"], ["campaign_update.id"], name=op.f("fk_update_letter_update_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_letter")),
        sa.UniqueConstraint("update_id", "subscription_id", name=op.f("uq_update_letter_update_id_subscription_id")),
    )
    with op.batch_alter_table("update_letter", schema=None) as batch_op:
        batch_op.create_index(
            "ix_update_letter_due",
            ["update_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.create_index(batch_op.f("ix_update_letter_subscription_id"), ["subscription_id"], unique=False)

    op.create_table(
        "update_text",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["update_id"], ["campaign_update.id"], name=op.f("fk_update_text_update_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("update_id", "lang", name=op.f("pk_update_text")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminders", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wording_version", sa.String(length=20), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("organisation", sa.String(length=200), server_default="", nullable=False))

    # Nothing has written to this table so far, so it is made anew with a list of reasons.
    op.drop_table("suppression")
    op.create_table(
        "suppression",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "unsubscribed",
                "silence",
                "not_me",
                "erased",
                "bounced",
                "complaint",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_suppression_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "email_key", name=op.f("pk_suppression")),
    )


def downgrade():
    op.drop_table("suppression")
    op.create_table(
        "suppression",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_suppression_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "email_key", name=op.f("pk_suppression")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_column("organisation")
        batch_op.drop_column("wording_version")

    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("reminders")

    op.drop_table("update_text")
    with op.batch_alter_table("update_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_update_letter_subscription_id"))
        batch_op.drop_index(
            "ix_update_letter_due",
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )

    op.drop_table("update_letter")
    with op.batch_alter_table("campaign_update", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_update_state"))
        batch_op.drop_index(batch_op.f("ix_campaign_update_campaign_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_update_author_id"))
        batch_op.drop_index(batch_op.f("ix_campaign_update_approved_by_id"))

    op.drop_table("campaign_update")
    with op.batch_alter_table("mail_trouble", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_trouble_whose")
        batch_op.drop_index(batch_op.f("ix_mail_trouble_at"))

    op.drop_table("mail_trouble")
    op.drop_table("mail_pace")
