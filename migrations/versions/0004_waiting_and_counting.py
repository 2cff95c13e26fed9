"""Reasons as a list, co-sponsors, what a decision replaced, and numbers beside the ledger

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What the list begins with; the same sentences stand in campaign/domain/drafts/reasoning.py, from where they are translated.
REASONS = [
    ("known_already", "There is a campaign for this already; it is stronger than two."),
    ("sources_missing", "Some statements have no source that others can read."),
    ("consent_missing", "It is not known that those named, or their families, agree."),
    ("too_risky", "Publishing this now could harm those named."),
    ("facts_doubtful", "Some facts could not be confirmed, or sources contradict them."),
    ("not_our_work", "This is not about people imprisoned for their politics or conscience."),
    ("violence", "It calls for violence or hatred, or excuses it."),
    ("another_addressee", "Those addressed cannot do what is asked of them."),
    ("unclear", "It is not clear enough what is asked, or for whom."),
]
STATES = ("writing", "gathering", "submitted", "approved", "rejected", "withdrawn")
STATE_CHECK, REASON_CHECK, REASON_KEY = "ck_draft_draftstate", "ck_draft_reason", "fk_draft_reason"


def upgrade():
    _make_reasons()
    with op.batch_alter_table("draft") as batch_op:
        batch_op.drop_constraint(op.f(REASON_CHECK), type_="check")
        batch_op.drop_constraint(op.f(STATE_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(STATE_CHECK), _one_of("state", STATES))
        batch_op.create_foreign_key(op.f(REASON_KEY), "rejection_reason", ["reason"], ["code"])
        batch_op.add_column(sa.Column("reason_sentence", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("replaced", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("cosponsors_needed", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("cosponsor_secret", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("gathering_since", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE draft SET reason_sentence = (SELECT sentence FROM rejection_reason WHERE code = draft.reason) "
        "WHERE reason IS NOT NULL"
    )
    _make_cosponsors()
    _make_numbers()


def _make_reasons():
    table = op.create_table(
        "rejection_reason",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_rejection_reason")),
    )
    op.bulk_insert(
        table, [{"code": code, "sentence": says, "position": n} for n, (code, says) in enumerate(REASONS, start=1)]
    )


def _make_cosponsors():
    op.create_table(
        "cosponsor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "author",
                "asked",
                "confirmed",
                name="cosponsorstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_cosponsor_draft_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cosponsor")),
        sa.UniqueConstraint("draft_id", "email_key", name=op.f("uq_cosponsor_draft_id_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cosponsor_public_id")),
    )


def _make_numbers():
    op.create_table(
        "form_tally",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("forms", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_form_tally_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", "day", name=op.f("pk_form_tally")),
    )
    op.create_table(
        "recent_count",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_recent_count_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", "since", name=op.f("pk_recent_count")),
    )
    op.create_table(
        "trend",
        sa.Column(
            "span",
            sa.Enum("hour", "day", name="span", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_trend_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("span", "place", name=op.f("pk_trend")),
    )
    op.create_index(op.f("ix_trend_petition_id"), "trend", ["petition_id"], unique=False)


def downgrade():
    for table in ("trend", "recent_count", "form_tally", "cosponsor"):
        op.drop_table(table)
    known = ", ".join(f"'{code}'" for code, _ in REASONS)
    op.execute("UPDATE draft SET state = 'writing' WHERE state = 'gathering'")
    op.execute(
        "UPDATE draft SET reason_words = reason_sentence || ' ' || reason_words, reason = 'unclear' "  # noqa: S608
        f"WHERE reason IS NOT NULL AND reason NOT IN ({known})"
    )
    with op.batch_alter_table("draft") as batch_op:
        batch_op.drop_constraint(op.f(REASON_KEY), type_="foreignkey")
        batch_op.drop_constraint(op.f(STATE_CHECK), type_="check")
        batch_op.create_check_constraint(op.f(STATE_CHECK), _one_of("state", [s for s in STATES if s != "gathering"]))
        batch_op.create_check_constraint(op.f(REASON_CHECK), f"reason IN ({known})")
        for column in ("gathering_since", "cosponsor_secret", "cosponsors_needed", "replaced", "reason_sentence"):
            batch_op.drop_column(column)
    op.drop_table("rejection_reason")


def _one_of(column, words):
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
