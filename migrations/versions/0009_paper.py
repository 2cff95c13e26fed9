"""Paper: issued sheets, what came back, who typed it in, and its part of the count.

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "paper_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("lines", sa.SmallInteger(), nullable=False),
        sa.Column(
            "paper",
            sa.Enum("a4", "us-letter", name="paper", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "issued",
                "returned",
                "settled",
                "written_off",
                name="sheetstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_to", sa.String(length=40), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by_id", sa.Integer(), nullable=True),
        sa.Column("seen", sa.SmallInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "written_off",
            sa.Enum(
                "lost",
                "blank",
                "destroyed",
                "altered",
                name="sheetend",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issued_by_id"], ["account.id"], name=op.f("fk_paper_sheet_issued_by_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_paper_sheet_petition_id")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["account.id"], name=op.f("fk_paper_sheet_returned_by_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["account.id"], name=op.f("fk_paper_sheet_settled_by_id")),
        sa.ForeignKeyConstraint(["text_id"], ["petition_text.id"], name=op.f("fk_paper_sheet_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_sheet")),
        sa.UniqueConstraint("petition_id", "number", name=op.f("uq_paper_sheet_petition_id_number")),
    )
    with op.batch_alter_table("paper_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_sheet_text_id"), ["text_id"], unique=False)

    op.create_table(
        "paper_keying",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_paper_keying_account_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["paper_sheet.id"], name=op.f("fk_paper_keying_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "turn", name=op.f("pk_paper_keying")),
        sa.UniqueConstraint("sheet_id", "account_id", name=op.f("uq_paper_keying_sheet_id_account_id")),
    )
    with op.batch_alter_table("paper_keying", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_keying_account_id"), ["account_id"], unique=False)

    op.create_table(
        "paper_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "empty",
                "signed",
                "void",
                "withdrawn",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "unreadable",
                "crossed_out",
                "no_signature",
                "double",
                "same_hand",
                "false_name",
                "mistake",
                name="voidreason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "visibility",
            sa.Enum(
                "counted",
                "addressee",
                "initials",
                "public",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("name_box", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("counted", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("counted_on", sa.String(length=10), nullable=True),
        sa.Column("counted_as", sa.Integer(), nullable=True),
        sa.Column("ended_as", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_paper_line_petition_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["paper_sheet.id"], name=op.f("fk_paper_line_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_line_public_id")),
        sa.UniqueConstraint("sheet_id", "line", name=op.f("uq_paper_line_sheet_id_line")),
    )
    with op.batch_alter_table("paper_line", schema=None) as batch_op:
        batch_op.create_index("ix_paper_line_name", ["petition_id", "name_key"], unique=False)
        batch_op.create_index(
            "ix_paper_line_uncounted",
            ["petition_id"],
            unique=False,
            sqlite_where=sa.text("counted <> (state = 'signed')"),
            postgresql_where=sa.text("counted <> (state = 'signed')"),
        )

    op.create_table(
        "paper_reading",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "empty",
                "signed",
                "void",
                "withdrawn",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "unreadable",
                "crossed_out",
                "no_signature",
                "double",
                "same_hand",
                "false_name",
                "mistake",
                name="voidreason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("only_counted", sa.Boolean(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name_box", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name_mark", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["sheet_id"], ["paper_sheet.id"], name=op.f("fk_paper_reading_sheet_id")),
        sa.PrimaryKeyConstraint("sheet_id", "turn", "line", name=op.f("pk_paper_reading")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_reading_public_id")),
    )
    op.create_table(
        "paper_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("key_box", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("is_pdf", sa.Boolean(), nullable=False),
        sa.Column("kept_sha256", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kept_by_id"], ["account.id"], name=op.f("fk_paper_scan_kept_by_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["paper_sheet.id"], name=op.f("fk_paper_scan_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_scan")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_scan_public_id")),
    )
    with op.batch_alter_table("paper_scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_scan_sheet_id"), ["sheet_id"], unique=False)

    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paper_count", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade():
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.drop_column("paper_count")

    with op.batch_alter_table("paper_scan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_scan_sheet_id"))

    op.drop_table("paper_scan")
    op.drop_table("paper_reading")
    with op.batch_alter_table("paper_line", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_paper_line_uncounted",
            sqlite_where=sa.text("counted <> (state = 'signed')"),
            postgresql_where=sa.text("counted <> (state = 'signed')"),
        )
        batch_op.drop_index("ix_paper_line_name")

    op.drop_table("paper_line")
    with op.batch_alter_table("paper_keying", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_keying_account_id"))

    op.drop_table("paper_keying")
    with op.batch_alter_table("paper_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_sheet_text_id"))

    op.drop_table("paper_sheet")
