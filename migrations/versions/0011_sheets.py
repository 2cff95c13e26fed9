"""Signature sheets: by number or by country, upright or across; names struck before sealing.

Revision: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FORMS = (
    "name",
    "initials",
    "counted_only",
    "other_addressee",
    "under_review",
    "no_glyph",
    "totals_only",
    "weeded",
    "withdrawn",
    "removed",
)
FORM_CHECK = "ck_packet_line_printedas"
REASONS = ("no_name", "insult", "double", "danger", "asked", "illegible")


def upgrade():
    with op.batch_alter_table("packet") as batch_op:
        batch_op.add_column(
            sa.Column("arranged", _word("arranged", "number", "country"), server_default="number", nullable=False)
        )
        batch_op.add_column(
            sa.Column("turned", _word("turned", "portrait", "landscape"), server_default="portrait", nullable=False)
        )
        batch_op.add_column(sa.Column("seal_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("seal_asked_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_packet_seal_asked_by_id", "account", ["seal_asked_by_id"], ["id"])
    with op.batch_alter_table("packet_release") as batch_op:
        batch_op.add_column(sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("seen_lowered", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fault", sa.String(length=300), server_default="", nullable=False))
    op.create_table(
        "lowered",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_lowered_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_lowered")),
    )
    with op.batch_alter_table("packet_line") as batch_op:
        batch_op.add_column(sa.Column("place", sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f(FORM_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(FORM_CHECK), _one_of("printed_as", FORMS))
    op.create_index(
        "ix_packet_line_place",
        "packet_line",
        ["packet_id", "place"],
        unique=True,
        sqlite_where=sa.text("place IS NOT NULL"),
        postgresql_where=sa.text("place IS NOT NULL"),
    )
    op.create_table(
        "weeded_line",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", _word("weedingreason", *REASONS), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_weeded_line_by_id")),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_weeded_line_packet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("packet_id", "number", name=op.f("pk_weeded_line")),
    )


def downgrade():
    op.drop_table("weeded_line")
    op.drop_table("lowered")
    with op.batch_alter_table("packet_release") as batch_op:
        for column in ("fault", "seen_lowered", "prepared_at", "wanted_at"):
            batch_op.drop_column(column)
    op.drop_index("ix_packet_line_place", "packet_line")
    with op.batch_alter_table("packet_line") as batch_op:
        batch_op.drop_constraint(op.f(FORM_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(FORM_CHECK), _one_of("printed_as", [f for f in FORMS if f != "weeded"]))
        batch_op.drop_column("place")
    with op.batch_alter_table("packet") as batch_op:
        batch_op.drop_constraint(op.f("ck_packet_turned"), type_="check")
        batch_op.drop_constraint(op.f("ck_packet_arranged"), type_="check")
        batch_op.drop_constraint("fk_packet_seal_asked_by_id", type_="foreignkey")
        batch_op.drop_column("seal_asked_by_id")
        batch_op.drop_column("seal_asked_at")
        batch_op.drop_column("turned")
        batch_op.drop_column("arranged")


def _word(name, *states):
    return sa.Enum(*states, name=name, native_enum=False, create_constraint=True, length=20)


def _one_of(column, states):
    return f"{column} IN ({', '.join(repr(state) for state in states)})"
