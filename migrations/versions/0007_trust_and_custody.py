"""The way of a packet: copies, addenda, receipts, reminders, keys of recipients and releases to them.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "recipient_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.String(length=40), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_how", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("addressee_id IS NULL OR organisation_id IS NULL", name=op.f("ck_recipient_key_one_holder")),
        sa.CheckConstraint(
            "checked_by_id IS NULL OR checked_by_id <> added_by_id", name=op.f("ck_recipient_key_checked_by_another")
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["account.id"], name=op.f("fk_recipient_key_added_by_id")),
        sa.ForeignKeyConstraint(["addressee_id"], ["addressee.id"], name=op.f("fk_recipient_key_addressee_id")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["account.id"], name=op.f("fk_recipient_key_checked_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_recipient_key_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient_key")),
    )
    with op.batch_alter_table("recipient_key") as batch_op:
        batch_op.create_index(batch_op.f("ix_recipient_key_addressee_id"), ["addressee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recipient_key_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "addendum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by", sa.String(length=200), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_addendum_packet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addendum")),
        sa.UniqueConstraint("packet_id", "number", name=op.f("uq_addendum_packet_id_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_addendum_reference")),
    )
    op.create_table(
        "packet_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("paper", "digital", name="copykind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("meant_for", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_packet_copy_packet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet_copy")),
        sa.UniqueConstraint("mark", name=op.f("uq_packet_copy_mark")),
        sa.UniqueConstraint("packet_id", "number", name=op.f("uq_packet_copy_packet_id_number")),
    )
    op.create_table(
        "receipt_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_receipt_scan_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_scan")),
    )
    with op.batch_alter_table("receipt_scan") as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_scan_delivery_id"), ["delivery_id"], unique=False)

    op.create_table(
        "packet_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum("staff", "recipient", name="way", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("key_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copy_id", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("is_addressee", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> asked_by_id", name=op.f("ck_packet_release_two_people")
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["account.id"], name=op.f("fk_packet_release_approved_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_packet_release_asked_by_id")),
        sa.ForeignKeyConstraint(["copy_id"], ["packet_copy.id"], name=op.f("fk_packet_release_copy_id")),
        sa.ForeignKeyConstraint(["key_id"], ["recipient_key.id"], name=op.f("fk_packet_release_key_id")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_packet_release_packet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet_release")),
        sa.UniqueConstraint("public_id", name=op.f("uq_packet_release_public_id")),
    )
    with op.batch_alter_table("packet_release") as batch_op:
        batch_op.create_index(batch_op.f("ix_packet_release_packet_id"), ["packet_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("set", "done", name="reminderstate", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_reminder_delivery_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["account.id"], name=op.f("fk_reminder_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_due_on"), ["due_on"], unique=False)

    # Not in a batch: a table copied anew would lose the guards that refuse changes.
    op.add_column("custody_entry", sa.Column("happened_on", sa.Date(), nullable=True))
    op.add_column("custody_entry", sa.Column("words", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade():
    op.execute("ALTER TABLE custody_entry DROP COLUMN words")
    op.execute("ALTER TABLE custody_entry DROP COLUMN happened_on")

    with op.batch_alter_table("reminder") as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_due_on"))
        batch_op.drop_index(batch_op.f("ix_reminder_delivery_id"))

    op.drop_table("reminder")
    with op.batch_alter_table("packet_release") as batch_op:
        batch_op.drop_index(batch_op.f("ix_packet_release_packet_id"))

    op.drop_table("packet_release")
    with op.batch_alter_table("receipt_scan") as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_scan_delivery_id"))

    op.drop_table("receipt_scan")
    op.drop_table("packet_copy")
    op.drop_table("addendum")
    with op.batch_alter_table("recipient_key") as batch_op:
        batch_op.drop_index(batch_op.f("ix_recipient_key_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_recipient_key_addressee_id"))

    op.drop_table("recipient_key")
