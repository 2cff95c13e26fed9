"""Joint letters: versions of the text, and the organisations asked to sign them.

Revision: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "joint_letter",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(20), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_joint_letter_packet_id_packet"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("packet_id", name=op.f("pk_joint_letter")),
    )
    op.create_table(
        "joint_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["joint_letter.packet_id"],
            name=op.f("fk_joint_text_packet_id_joint_letter"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_text")),
        sa.UniqueConstraint("packet_id", "version", name=op.f("uq_joint_text_packet_id_version")),
    )
    approval = sa.Enum(
        "waiting", "approved", "declined", name="approval", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "joint_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(16), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("own_domain", sa.Boolean(), nullable=False),
        sa.Column("signatory", sa.String(200), nullable=False),
        sa.Column("signatory_title", sa.String(200), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("approval", approval, nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("basis", sa.String(300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approval = 'waiting' OR text_id IS NOT NULL", name=op.f("ck_joint_invitation_decided_on_a_text")
        ),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["joint_letter.packet_id"],
            name=op.f("fk_joint_invitation_packet_id_joint_letter"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_joint_invitation_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["logo_id"], ["attachment.id"], name=op.f("fk_joint_invitation_logo_id_attachment")),
        sa.ForeignKeyConstraint(["text_id"], ["joint_text.id"], name=op.f("fk_joint_invitation_text_id_joint_text")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_joint_invitation_public_id")),
        sa.UniqueConstraint("packet_id", "organisation_id", name=op.f("uq_joint_invitation_packet_id_organisation_id")),
    )
    op.create_index(op.f("ix_joint_invitation_organisation_id"), "joint_invitation", ["organisation_id"])
    op.create_index(op.f("ix_joint_invitation_logo_id"), "joint_invitation", ["logo_id"])


def downgrade():
    for table in ("joint_invitation", "joint_text", "joint_letter"):
        op.drop_table(table)
