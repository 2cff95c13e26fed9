"""Gifts, their books and receipts, and the switch that stops giving.

Revision: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SWITCHES = ("signing", "creating", "counting", "trending", "letters")
SWITCH_CHECK = "ck_stopped_switch_switch"


def _one_of(*words):
    return f"name IN ({', '.join(repr(word) for word in words)})"


def upgrade():
    with op.batch_alter_table("stopped_switch") as batch_op:
        batch_op.drop_constraint(op.f(SWITCH_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(SWITCH_CHECK), _one_of(*SWITCHES, "giving"))

    op.create_table(
        "comparison",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("mended", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparison")),
    )
    with op.batch_alter_table("comparison", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comparison_at"), ["at"], unique=False)

    op.create_table(
        "issuer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tax_line", sa.String(length=500), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer")),
        sa.UniqueConstraint("code", name=op.f("uq_issuer_code")),
    )
    op.create_table(
        "payment_report",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("look_at", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "done", "given_up", name="reportstate", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=80), nullable=False),
        sa.Column("was_missed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_report")),
    )
    with op.batch_alter_table("payment_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_report_came_at"), ["came_at"], unique=False)
        batch_op.create_index(
            "ix_payment_report_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "fund",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("shows_progress", sa.Boolean(), nullable=False),
        sa.Column("goal_amount", sa.Integer(), nullable=False),
        sa.Column("goal_currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_fund_campaign_id")),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuer.id"], name=op.f("fk_fund_issuer_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
    )
    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fund_issuer_id"), ["issuer_id"], unique=False)

    op.create_table(
        "donor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("link_version", sa.SmallInteger(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["fund.campaign_id"], name=op.f("fk_donor_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor")),
        sa.UniqueConstraint("campaign_id", "email_key", name=op.f("uq_donor_campaign_id_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_donor_public_id")),
    )
    with op.batch_alter_table("donor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_donor_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(length=80), nullable=False),
        sa.Column("customer", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "late", "ended", name="planstate", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("renews_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("told", sa.String(length=100), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["fund.campaign_id"], name=op.f("fk_plan_campaign_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_plan_donor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("subscription", name=op.f("uq_plan_subscription")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_donor_id"), ["donor_id"], unique=False)

    op.create_table(
        "gift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("charge", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "paid",
                "failed",
                "refunded",
                "disputed",
                "lost",
                name="giftstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0 AND refunded >= 0 AND refunded <= amount", name=op.f("ck_gift_amounts")),
        sa.ForeignKeyConstraint(["campaign_id"], ["fund.campaign_id"], name=op.f("fk_gift_campaign_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["donor.id"], name=op.f("fk_gift_donor_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_gift_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sa.UniqueConstraint("charge", name=op.f("uq_gift_charge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gift_public_id")),
    )
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gift_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gift_donor_id"), ["donor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_gift_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("txn", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "gift",
                "refund",
                "dispute",
                "payout",
                "other",
                name="movementkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("available_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("net", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gift_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("payout", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["fund.campaign_id"], name=op.f("fk_movement_campaign_id")),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_movement_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
        sa.UniqueConstraint("txn", name=op.f("uq_movement_txn")),
    )
    with op.batch_alter_table("movement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_movement_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_movement_dated"), ["dated"], unique=False)
        batch_op.create_index(batch_op.f("ix_movement_gift_id"), ["gift_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_movement_payout"), ["payout"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receipt",
                "credit_note",
                "reinstated",
                name="receiptkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("gift_id", sa.Integer(), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("name_box", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["gift_id"], ["gift.id"], name=op.f("fk_receipt_gift_id")),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuer.id"], name=op.f("fk_receipt_issuer_id")),
        sa.ForeignKeyConstraint(["of_id"], ["receipt.id"], name=op.f("fk_receipt_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("cause", name=op.f("uq_receipt_cause")),
        sa.UniqueConstraint("issuer_id", "number", name=op.f("uq_receipt_issuer_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_receipt_public_id")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_gift_id"), ["gift_id"], unique=False)


def downgrade():
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_gift_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("movement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_movement_payout"))
        batch_op.drop_index(batch_op.f("ix_movement_gift_id"))
        batch_op.drop_index(batch_op.f("ix_movement_dated"))
        batch_op.drop_index(batch_op.f("ix_movement_campaign_id"))

    op.drop_table("movement")
    with op.batch_alter_table("gift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gift_plan_id"))
        batch_op.drop_index(batch_op.f("ix_gift_donor_id"))
        batch_op.drop_index(batch_op.f("ix_gift_campaign_id"))

    op.drop_table("gift")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_donor_id"))
        batch_op.drop_index(batch_op.f("ix_plan_campaign_id"))

    op.drop_table("plan")
    with op.batch_alter_table("donor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_donor_campaign_id"))

    op.drop_table("donor")
    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fund_issuer_id"))

    op.drop_table("fund")
    with op.batch_alter_table("payment_report", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_payment_report_due",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_payment_report_came_at"))

    op.drop_table("payment_report")
    op.drop_table("issuer")
    with op.batch_alter_table("comparison", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comparison_at"))

    op.drop_table("comparison")

    op.execute("DELETE FROM stopped_switch WHERE name = 'giving'")
    with op.batch_alter_table("stopped_switch") as batch_op:
        batch_op.drop_constraint(op.f(SWITCH_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(SWITCH_CHECK), _one_of(*SWITCHES))
