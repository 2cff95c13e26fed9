"""The house as founded: every table, and the guards of ledger, journal and custody.

Revision: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("ledger_entry", "journal_entry", "custody_entry")


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
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("may_export", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_account_fs_webauthn_user_handle")),
    )
    op.create_table(
        "addressee",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "office",
                "thematic",
                "country",
                "government",
                name="addresseekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("address_lines", sa.JSON(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("salutation", sa.String(length=100), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=True),
        sa.Column("holder_until", sa.Date(), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("email_is_verified", sa.Boolean(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("use_when", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=300), nullable=False),
        sa.Column("last_renewal", sa.String(length=300), nullable=False),
        sa.Column("what_is_verified", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("last_confirmed_on", sa.Date(), nullable=True),
        sa.Column("last_confirmed_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addressee")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "open",
                "paused",
                "closed",
                "answered",
                "rejected",
                "taken_down",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("facts_as_of", sa.String(length=10), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hash_secret", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("reference", name=op.f("uq_campaign_reference")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_country"), ["country"], unique=False)

    op.create_table(
        "changed_limit",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_changed_limit")),
    )
    op.create_table(
        "list_entry",
        sa.Column(
            "name",
            sa.Enum(
                "high_risk_country",
                "blocked_domain",
                "disposable_domain",
                "allowed_domain",
                "same_mailbox",
                "blocked_address",
                "blocked_network",
                "allowed_network",
                "tor_exit",
                "blocked_country",
                name="listname",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "value", name=op.f("pk_list_entry")),
    )
    op.create_table(
        "old_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_address")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_old_address_kind_slug")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "prisoner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("name_order", sa.String(length=20), nullable=False),
        sa.Column("spelling_chosen_by", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "detained",
                "awaiting_trial",
                "at_liberty",
                "released",
                "exiled",
                "disappeared",
                "died",
                "unknown",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("status_as_of", sa.String(length=10), nullable=False),
        sa.Column("status_note", sa.Text(), nullable=False),
        sa.Column("held_since", sa.String(length=10), nullable=True),
        sa.Column("last_checked_on", sa.Date(), nullable=False),
        sa.Column("last_checked_by", sa.String(length=200), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.String(length=200), nullable=True),
        sa.Column("paused_reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner")),
        sa.UniqueConstraint("slug", name=op.f("uq_prisoner_slug")),
    )
    op.create_table(
        "registered_key",
        sa.Column("key_id", sa.LargeBinary(length=4), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("mail", "names", name="keypurpose", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "purpose", name=op.f("pk_registered_key")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("published", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_table(
        "spent_proof",
        sa.Column("challenge", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_spent_proof")),
    )
    with op.batch_alter_table("spent_proof", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spent_proof_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "stopped_switch",
        sa.Column(
            "name",
            sa.Enum(
                "signing",
                "creating",
                "counting",
                "trending",
                "letters",
                name="switch",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stopped_switch")),
    )
    op.create_table(
        "account_role",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_account_role_role_id")),
        sa.PrimaryKeyConstraint("account_id", "role_id", name=op.f("pk_account_role")),
    )
    with op.batch_alter_table("account_role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_role_role_id"), ["role_id"], unique=False)

    op.create_table(
        "campaign_prisoner",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_prisoner_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["prisoner_id"], ["prisoner.id"], name=op.f("fk_campaign_prisoner_prisoner_id")),
        sa.PrimaryKeyConstraint("campaign_id", "prisoner_id", name=op.f("pk_campaign_prisoner")),
    )
    with op.batch_alter_table("campaign_prisoner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_prisoner_prisoner_id"), ["prisoner_id"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "open", "one", "both", "left_out", name="decision", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("chosen_fact_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_conflict_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_prisoner_id"), ["prisoner_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column(
            "question",
            sa.Enum(
                "publish_name",
                "photo",
                "health",
                "family",
                "to_government",
                "un_reports",
                name="question",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "answer",
            sa.Enum(
                "yes",
                "no",
                "unknown",
                "already_public",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("given_by", sa.String(length=200), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_consent_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("prisoner_id", "question", name=op.f("uq_consent_prisoner_id_question")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_journal_entry_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_journal_entry_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("create_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_account_id"), ["account_id"], unique=False)

    op.create_table(
        "petition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "open",
                "paused",
                "closed",
                "answered",
                "rejected",
                "taken_down",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.String(length=20), nullable=True),
        sa.Column("closed_as_of", sa.String(length=10), nullable=True),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("names_looked_to", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("asks_for_proof", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("people_per_address", sa.Integer(), nullable=False),
        sa.Column("funding_line", sa.String(length=300), nullable=False),
        sa.Column("hash_secret", sa.LargeBinary(length=32), nullable=True),
        sa.Column("mailbox_rules", sa.JSON(), nullable=True),
        sa.Column("unproved_letter_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("purge_begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signature_count", sa.Integer(), nullable=False),
        sa.Column("ledger_size", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_petition_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("reference", name=op.f("uq_petition_reference")),
        sa.UniqueConstraint("slug", name=op.f("uq_petition_slug")),
    )
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_petition_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_picture_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_picture_name")),
        sa.UniqueConstraint("prisoner_id", name=op.f("uq_picture_prisoner_id")),
    )
    op.create_table(
        "prisoner_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "chosen", "native", "variant", name="namekind", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_prisoner_name_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prisoner_name")),
        sa.UniqueConstraint("prisoner_id", "text", name=op.f("uq_prisoner_name_prisoner_id_text")),
    )
    with op.batch_alter_table("prisoner_name", schema=None) as batch_op:
        batch_op.create_index("ix_prisoner_name_key", ["key"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "about",
            sa.Enum(
                "fact",
                "status",
                "person",
                "name",
                "source",
                name="about",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("now", sa.JSON(), nullable=False),
        sa.Column("was_public", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("may_be_repeated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_revision_account_id")),
        sa.ForeignKeyConstraint(
            ["prisoner_id"], ["prisoner.id"], name=op.f("fk_revision_prisoner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revision_prisoner_id"), ["prisoner_id"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "ended", name="subscriptionstate", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("link_version", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_subscription_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("campaign_id", "email_key", name=op.f("uq_subscription_campaign_id_email_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_subscription_public_id")),
    )
    op.create_table(
        "suppression",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_suppression_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "email_key", name=op.f("pk_suppression")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        sa.Column("says", sa.String(length=300), nullable=False),
        sa.Column("seen_by", sa.String(length=200), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_alert_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_petition_id"), ["petition_id"], unique=False)

    op.create_table(
        "ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_of", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "met", "refused", name="askstate", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_ask_petition_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
        sa.UniqueConstraint("petition_id", "position", name=op.f("uq_ask_petition_id_position")),
    )
    op.create_table(
        "cosigner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("signatory", sa.String(length=200), nullable=False),
        sa.Column("signatory_title", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_cosigner_organisation_id")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_cosigner_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cosigner")),
        sa.UniqueConstraint("petition_id", "organisation_id", name=op.f("uq_cosigner_petition_id_organisation_id")),
    )
    with op.batch_alter_table("cosigner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cosigner_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "country_count",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_country_count_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", "country", name=op.f("pk_country_count")),
    )
    op.create_table(
        "day_count",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_day_count_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", "day", name=op.f("pk_day_count")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "writing",
                "submitted",
                "approved",
                "rejected",
                "withdrawn",
                name="draftstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "known_already",
                "sources_missing",
                "consent_missing",
                "too_risky",
                "facts_doubtful",
                "not_our_work",
                "violence",
                "another_addressee",
                "unclear",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("reason_words", sa.Text(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("held_by_id", sa.Integer(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("account_id IS NULL OR email_box IS NULL", name=op.f("ck_draft_one_author")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_draft_campaign_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_draft_decided_by_id")),
        sa.ForeignKeyConstraint(["held_by_id"], ["account.id"], name=op.f("fk_draft_held_by_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_draft_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("public_id", name=op.f("uq_draft_public_id")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_held_by_id"), ["held_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_petition_id"), ["petition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_state"), ["state"], unique=False)

    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prisoner_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic",
            sa.Enum(
                "born",
                "work",
                "arrest",
                "charge",
                "articles",
                "court",
                "hearing",
                "judgment",
                "defence",
                "place",
                "health",
                "transfer",
                "pressure",
                "release",
                "death",
                "finding",
                name="topic",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("happened", sa.String(length=10), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column(
            "confidence",
            sa.Enum(
                "confirmed",
                "reported",
                "uncertain",
                name="confidence",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("last_checked_on", sa.Date(), nullable=False),
        sa.Column("last_checked_by", sa.String(length=200), nullable=False),
        sa.Column("conflict_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conflict_id"], ["conflict.id"], name=op.f("fk_fact_conflict_id")),
        sa.ForeignKeyConstraint(["prisoner_id"], ["prisoner.id"], name=op.f("fk_fact_prisoner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_conflict_id"), ["conflict_id"], unique=False)
        batch_op.create_index("ix_fact_prisoner_id", ["prisoner_id"], unique=False)

    op.create_table(
        "invalidation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "running",
                "done",
                "cancelled",
                "undoing",
                "undone",
                name="invalidationstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("public_reason", sa.String(length=40), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_invalidation_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invalidation")),
    )
    with op.batch_alter_table("invalidation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invalidation_petition_id"), ["petition_id"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("petition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "signed",
                "withdrawn",
                "removed",
                "restored",
                "paper",
                "correction",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_ledger_entry_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", "seq", name=op.f("pk_ledger_entry")),
    )
    op.create_table(
        "official_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("from_whom", sa.String(length=300), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_official_answer_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_answer")),
    )
    with op.batch_alter_table("official_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_official_answer_petition_id"), ["petition_id"], unique=False)

    op.create_table(
        "packet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.String(length=40), nullable=False),
        sa.Column(
            "level",
            sa.Enum("totals", "initials", "full", name="level", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "paper",
            sa.Enum("a4", "us-letter", name="paper", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "checked",
                "sealed",
                "built",
                "superseded",
                "destroyed",
                name="packetstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("is_specimen", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("checked_by", sa.String(length=200), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cut_off", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_by", sa.String(length=200), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("frozen", sa.JSON(), nullable=True),
        sa.Column("contents", sa.JSON(), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("script_gaps_agreed_by", sa.String(length=200), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_holder", sa.String(length=40), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["addressee_id"], ["addressee.id"], name=op.f("fk_packet_addressee_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_packet_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet")),
        sa.UniqueConstraint("reference", name=op.f("uq_packet_reference")),
    )
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packet_addressee_id"), ["addressee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_packet_petition_id"), ["petition_id"], unique=False)

    op.create_table(
        "petition_addressee",
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["addressee_id"], ["addressee.id"], name=op.f("fk_petition_addressee_addressee_id")),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_addressee_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("petition_id", "addressee_id", name=op.f("pk_petition_addressee")),
    )
    op.create_table(
        "petition_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("occasion", sa.String(length=400), nullable=False),
        sa.Column("salutation", sa.String(length=100), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False),
        sa.Column("asks_lead", sa.String(length=200), nullable=False),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.Column("closing", sa.String(length=100), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("addressee_ids", sa.JSON(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_text_petition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_text")),
        sa.UniqueConstraint("petition_id", "version", "lang", name=op.f("uq_petition_text_petition_id_version_lang")),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "released",
                "died",
                "error",
                "danger",
                "other",
                name="reportreason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "acted_on",
                "dismissed",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("looked_at_by", sa.String(length=200), nullable=True),
        sa.Column("looked_at_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_report_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_report_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_petition_id"), ["petition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_state"), ["state"], unique=False)

    op.create_table(
        "takedown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column(
            "ground",
            sa.Enum(
                "safety",
                "wish",
                "error",
                "rights",
                "law",
                "rules",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column(
            "was",
            sa.Enum(
                "draft",
                "submitted",
                "open",
                "paused",
                "closed",
                "answered",
                "rejected",
                "taken_down",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(petition_id IS NULL) <> (campaign_id IS NULL)", name=op.f("ck_takedown_of_one_thing")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_takedown_campaign_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_takedown_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedown")),
    )
    with op.batch_alter_table("takedown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_takedown_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_takedown_petition_id"), ["petition_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "handed_over",
                "receipted",
                "answered",
                "closed",
                name="deliverystate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "accepted",
                "accepted_no_meeting",
                "refused",
                "left",
                "posted",
                "emailed",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("outcome_words", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("addressee_reference", sa.String(length=100), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_delivery_packet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("packet_id", name=op.f("uq_delivery_packet_id")),
    )
    op.create_table(
        "fact_source",
        sa.Column("fact_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_fact_source_fact_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_fact_source_source_id")),
        sa.PrimaryKeyConstraint("fact_id", "source_id", name=op.f("pk_fact_source")),
    )
    with op.batch_alter_table("fact_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_source_source_id"), ["source_id"], unique=False)

    op.create_table(
        "packet_line",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "printed_as",
            sa.Enum(
                "name",
                "initials",
                "counted_only",
                "other_addressee",
                "under_review",
                "no_glyph",
                "totals_only",
                "withdrawn",
                "removed",
                name="printedas",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("line_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_packet_line_packet_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("packet_id", "number", name=op.f("pk_packet_line")),
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "confirmed",
                "held",
                "withdrawn",
                "removed",
                "expired",
                name="signaturestate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("slot", sa.SmallInteger(), nullable=True),
        sa.Column("place", sa.SmallInteger(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("counted", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
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
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("has_name", sa.Boolean(), nullable=False),
        sa.Column(
            "name_review",
            sa.Enum(
                "waiting",
                "accepted",
                "refused",
                name="namereview",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("wants_updates", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("wants_silence", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("stays_counted", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("name_box", sa.LargeBinary(), nullable=True),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("email_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("name_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("person_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("receipt_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("domain_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("network_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("is_proved", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("suspicion", sa.String(length=200), nullable=True),
        sa.Column("invalidation_id", sa.Integer(), nullable=True),
        sa.Column("link_version", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removal_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(state = 'pending') = (slot IS NOT NULL)", name=op.f("ck_signature_slot_while_pending")),
        sa.CheckConstraint(
            "NOT stays_counted OR visibility = 'counted'", name=op.f("ck_signature_young_are_counted_only")
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'held') OR place IS NOT NULL", name=op.f("ck_signature_place_when_confirmed")
        ),
        sa.ForeignKeyConstraint(["invalidation_id"], ["invalidation.id"], name=op.f("fk_signature_invalidation_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_signature_petition_id")),
        sa.ForeignKeyConstraint(["text_id"], ["petition_text.id"], name=op.f("fk_signature_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("petition_id", "email_key", "slot", name=op.f("uq_signature_petition_id_email_key_slot")),
        sa.UniqueConstraint("petition_id", "number", name=op.f("uq_signature_petition_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signature_public_id")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index("ix_signature_clusters", ["petition_id", "domain_key"], unique=False)
        batch_op.create_index(
            "ix_signature_held",
            ["petition_id"],
            unique=False,
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.create_index(batch_op.f("ix_signature_invalidation_id"), ["invalidation_id"], unique=False)
        batch_op.create_index(
            "ix_signature_name_review",
            ["petition_id"],
            unique=False,
            sqlite_where=sa.text("name_review = 'waiting'"),
            postgresql_where=sa.text("name_review = 'waiting'"),
        )
        batch_op.create_index(
            "ix_signature_pending",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(
            "ix_signature_removed",
            ["petition_id"],
            unique=False,
            sqlite_where=sa.text("state = 'removed'"),
            postgresql_where=sa.text("state = 'removed'"),
        )
        batch_op.create_index(
            "ix_signature_uncounted",
            ["petition_id", "confirmed_at", "id"],
            unique=False,
            sqlite_where=sa.text("counted <> (state = 'confirmed')"),
            postgresql_where=sa.text("counted <> (state = 'confirmed')"),
        )
        batch_op.create_index(
            "uq_signature_confirmed_place",
            ["petition_id", "email_key", "place"],
            unique=True,
            sqlite_where=sa.text("state IN ('confirmed', 'held')"),
            postgresql_where=sa.text("state IN ('confirmed', 'held')"),
        )

    op.create_table(
        "custody_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_custody_entry_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_entry")),
    )
    with op.batch_alter_table("custody_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_custody_entry_delivery_id"), ["delivery_id"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
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
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("email_box", sa.LargeBinary(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "signature_id IS NOT NULL OR account_id IS NOT NULL OR email_box IS NOT NULL OR state NOT IN ('queued', 'sending')",
            name=op.f("ck_letter_has_reader"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_letter_account_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_letter_signature_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_letter_public_id")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            "ix_letter_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.create_index(batch_op.f("ix_letter_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "shown_name",
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_shown_name_petition_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_shown_name_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_shown_name")),
    )
    with op.batch_alter_table("shown_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shown_name_petition_id"), ["petition_id"], unique=False)

    for table in APPEND_ONLY:
        guard(table)


def downgrade():
    with op.batch_alter_table("shown_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shown_name_petition_id"))

    op.drop_table("shown_name")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_signature_id"))
        batch_op.drop_index(
            "ix_letter_due",
            sqlite_where=sa.text("state IN ('queued', 'sending')"),
            postgresql_where=sa.text("state IN ('queued', 'sending')"),
        )
        batch_op.drop_index(batch_op.f("ix_letter_account_id"))

    op.drop_table("letter")
    with op.batch_alter_table("custody_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_custody_entry_delivery_id"))

    op.drop_table("custody_entry")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signature_confirmed_place",
            sqlite_where=sa.text("state IN ('confirmed', 'held')"),
            postgresql_where=sa.text("state IN ('confirmed', 'held')"),
        )
        batch_op.drop_index(
            "ix_signature_uncounted",
            sqlite_where=sa.text("counted <> (state = 'confirmed')"),
            postgresql_where=sa.text("counted <> (state = 'confirmed')"),
        )
        batch_op.drop_index(
            "ix_signature_removed",
            sqlite_where=sa.text("state = 'removed'"),
            postgresql_where=sa.text("state = 'removed'"),
        )
        batch_op.drop_index(
            "ix_signature_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(
            "ix_signature_name_review",
            sqlite_where=sa.text("name_review = 'waiting'"),
            postgresql_where=sa.text("name_review = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_signature_invalidation_id"))
        batch_op.drop_index(
            "ix_signature_held", sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")
        )
        batch_op.drop_index("ix_signature_clusters")

    op.drop_table("signature")
    op.drop_table("packet_line")
    with op.batch_alter_table("fact_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_source_source_id"))

    op.drop_table("fact_source")
    op.drop_table("delivery")
    with op.batch_alter_table("takedown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_takedown_petition_id"))
        batch_op.drop_index(batch_op.f("ix_takedown_campaign_id"))

    op.drop_table("takedown")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_state"))
        batch_op.drop_index(batch_op.f("ix_report_petition_id"))
        batch_op.drop_index(batch_op.f("ix_report_campaign_id"))

    op.drop_table("report")
    op.drop_table("petition_text")
    op.drop_table("petition_addressee")
    with op.batch_alter_table("packet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_packet_petition_id"))
        batch_op.drop_index(batch_op.f("ix_packet_addressee_id"))

    op.drop_table("packet")
    with op.batch_alter_table("official_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_answer_petition_id"))

    op.drop_table("official_answer")
    op.drop_table("ledger_entry")
    with op.batch_alter_table("invalidation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invalidation_petition_id"))

    op.drop_table("invalidation")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index("ix_fact_prisoner_id")
        batch_op.drop_index(batch_op.f("ix_fact_conflict_id"))

    op.drop_table("fact")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_state"))
        batch_op.drop_index(batch_op.f("ix_draft_petition_id"))
        batch_op.drop_index(batch_op.f("ix_draft_held_by_id"))
        batch_op.drop_index(batch_op.f("ix_draft_decided_by_id"))
        batch_op.drop_index(batch_op.f("ix_draft_campaign_id"))
        batch_op.drop_index(batch_op.f("ix_draft_account_id"))

    op.drop_table("draft")
    op.drop_table("day_count")
    op.drop_table("country_count")
    with op.batch_alter_table("cosigner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cosigner_organisation_id"))

    op.drop_table("cosigner")
    op.drop_table("ask")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_petition_id"))
        batch_op.drop_index(batch_op.f("ix_alert_at"))

    op.drop_table("alert")
    op.drop_table("suppression")
    op.drop_table("subscription")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_prisoner_id"))

    op.drop_table("revision")
    with op.batch_alter_table("prisoner_name", schema=None) as batch_op:
        batch_op.drop_index("ix_prisoner_name_key")

    op.drop_table("prisoner_name")
    op.drop_table("picture")
    with op.batch_alter_table("petition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petition_campaign_id"))

    op.drop_table("petition")
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_account_id"))

    op.drop_table("passkey")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entry_subject")
        batch_op.drop_index(batch_op.f("ix_journal_entry_at"))

    op.drop_table("journal_entry")
    op.drop_table("consent")
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_prisoner_id"))

    op.drop_table("conflict")
    with op.batch_alter_table("campaign_prisoner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_prisoner_prisoner_id"))

    op.drop_table("campaign_prisoner")
    with op.batch_alter_table("account_role", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_role_role_id"))

    op.drop_table("account_role")
    op.drop_table("stopped_switch")
    with op.batch_alter_table("spent_proof", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spent_proof_expires_at"))

    op.drop_table("spent_proof")
    op.drop_table("source")
    op.drop_table("role")
    op.drop_table("registered_key")
    op.drop_table("prisoner")
    op.drop_table("organisation")
    op.drop_table("old_address")
    op.drop_table("list_entry")
    op.drop_table("changed_limit")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_country"))

    op.drop_table("campaign")
    op.drop_table("addressee")
    op.drop_table("account")
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_refuse()")
