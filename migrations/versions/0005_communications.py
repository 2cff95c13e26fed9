"""Communications for the mandates, the register of filings, and addressees as dated records.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANNELS = (
    "wgad",
    "special_procedures",
    "wgeid",
    "hrc_complaint",
    "treaty_body",
    "upr",
    "ngo_statement",
    "petition",
)
APPROACHES = ("urgent_appeal", "allegation", "regular")
CAPACITIES = ("self", "relative", "lawyer", "representative")
ADDRESSEE = ("holder_since", "channels", "portal", "limits", "consent_questions", "mandate_country")


def word(name, words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)


def guard(table):
    """Refuse UPDATE and DELETE in the database itself."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )


def upgrade():
    op.add_column("addressee", sa.Column("holder_since", sa.Date(), nullable=True))
    op.add_column("addressee", sa.Column("channels", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("addressee", sa.Column("portal", sa.String(300), server_default=sa.text("''"), nullable=False))
    op.add_column("addressee", sa.Column("limits", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column(
        "addressee", sa.Column("consent_questions", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    )
    op.add_column("addressee", sa.Column("mandate_country", sa.String(2), server_default=sa.text("''"), nullable=False))
    op.add_column("fact", sa.Column("answers", sa.String(40), server_default=sa.text("''"), nullable=False))
    # Written out, as SQLite takes a check with a new column and never afterwards.
    listed = ", ".join(f"'{each}'" for each in CAPACITIES)
    op.execute(
        "ALTER TABLE consent ADD COLUMN capacity VARCHAR(20) "
        f"CONSTRAINT ck_consent_capacity CHECK (capacity IN ({listed}))"
    )
    _directory()
    _communications()


def _directory():
    op.create_table(
        "addressee_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("act", word("addresseeact", ("confirmed", "corrected")), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["addressee_id"], ["addressee.id"], name=op.f("fk_addressee_change_addressee_id_addressee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addressee_change")),
    )
    op.create_index(op.f("ix_addressee_change_addressee_id"), "addressee_change", ["addressee_id"])
    guard("addressee_change")


def _communications():
    op.create_table(
        "communication",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column("channel", word("channel", CHANNELS), nullable=False),
        sa.Column("approach", word("approach", APPROACHES), nullable=False),
        sa.Column("lang", sa.String(5), nullable=False),
        sa.Column("mandates", sa.JSON(), nullable=False),
        sa.Column("urgent_why", sa.Text(), nullable=False),
        sa.Column("confidential", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("remedies", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("requests", sa.JSON(), nullable=False),
        sa.Column("other_requests", sa.JSON(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_communication_packet_id_packet"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["prisoner_id"], ["prisoner.id"], name=op.f("fk_communication_prisoner_id_prisoner")),
        sa.PrimaryKeyConstraint("packet_id", name=op.f("pk_communication")),
    )
    op.create_index(op.f("ix_communication_prisoner_id"), "communication", ["prisoner_id"])
    op.create_table(
        "annex",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("suffix", sa.String(4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id"],
            ["communication.packet_id"],
            name=op.f("fk_annex_packet_id_communication"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annex")),
        sa.UniqueConstraint("packet_id", "position", name=op.f("uq_annex_packet_id_position")),
    )
    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=True),
        sa.Column("channel", word("channel", CHANNELS), nullable=False),
        sa.Column("body", sa.String(300), nullable=False),
        sa.Column("filed_on", sa.String(10), nullable=False),
        sa.Column("filed_by", sa.String(200), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("acknowledged_on", sa.String(10), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("result_on", sa.String(10), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_filing_prisoner_id_prisoner"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_filing_packet_id_packet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
    )
    op.create_index(op.f("ix_filing_packet_id"), "filing", ["packet_id"])
    op.create_index(op.f("ix_filing_prisoner_id"), "filing", ["prisoner_id"])


def downgrade():
    for table in ("filing", "annex", "communication", "addressee_change"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION addressee_change_refuse()")
    op.execute("ALTER TABLE consent DROP COLUMN capacity")
    op.drop_column("fact", "answers")
    for column in reversed(ADDRESSEE):
        op.drop_column("addressee", column)
