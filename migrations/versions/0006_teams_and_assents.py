"""Teams of campaigns, acts that take two people, and those who ask for an account.

Revision: 0006
Revises: 0005

Whoever wrote a draft becomes the owner of a team; the first draft that became a campaign brings its team along. What
the same person wrote to change that campaign joins that team. What visitors wrote has no team.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("lang", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("email", name=op.f("uq_sign_up_email")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_team_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_team_campaign_id")),
    )
    op.create_table(
        "assent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reset_factor",
                "take_names",
                "show_names",
                name="assentkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "agreed",
                "used",
                "refused",
                name="assentstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("petition_id", sa.Integer(), nullable=True),
        sa.Column("addressee_id", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "account_id IS NULL OR (asked_by_id <> account_id AND (agreed_by_id IS NULL OR agreed_by_id <> account_id))",
            name=op.f("ck_assent_not_the_owner"),
        ),
        sa.CheckConstraint("agreed_by_id IS NULL OR agreed_by_id <> asked_by_id", name=op.f("ck_assent_two_people")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_assent_account_id")),
        sa.ForeignKeyConstraint(["addressee_id"], ["addressee.id"], name=op.f("fk_assent_addressee_id")),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["account.id"], name=op.f("fk_assent_agreed_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_assent_asked_by_id")),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_assent_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assent")),
    )
    op.create_index("ix_assent_asked_by_id", "assent", ["asked_by_id"])
    op.create_index("ix_assent_state", "assent", ["state"])
    op.create_table(
        "team_invitation",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("owner", "editor", "viewer", name="part", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("part <> 'owner'", name=op.f("ck_team_invitation_no_owner")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_team_invitation_account_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["account.id"], name=op.f("fk_team_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_invitation_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "account_id", name=op.f("pk_team_invitation")),
    )
    op.create_index("ix_team_invitation_account_id", "team_invitation", ["account_id"])
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("owner", "editor", "viewer", name="part", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_team_member_account_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "account_id", name=op.f("pk_team_member")),
    )
    op.create_index("ix_team_member_account_id", "team_member", ["account_id"])
    owns = sa.text("part = 'owner'")
    op.create_index(
        "ix_team_member_owner", "team_member", ["team_id"], unique=True, sqlite_where=owns, postgresql_where=owns
    )
    op.create_table(
        "draft_hand",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("savings", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_hand_account_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_hand_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "account_id", name=op.f("pk_draft_hand")),
    )

    # Said in words: a batch would build the table of drafts anew, and lose what it checks.
    op.execute("ALTER TABLE draft ADD COLUMN team_id INTEGER CONSTRAINT fk_draft_team_id REFERENCES team (id)")
    op.create_index("ix_draft_team_id", "draft", ["team_id"])
    _found_teams(op.get_bind())


def _found_teams(bind):
    rows = bind.execute(
        sa.text(
            "SELECT id, account_id, campaign_id, state FROM draft WHERE account_id IS NOT NULL "
            "ORDER BY CASE WHEN state = 'approved' THEN 0 ELSE 1 END, decided_at, id"
        )
    ).all()
    first = sa.text(
        "SELECT id FROM draft WHERE campaign_id = :it AND state = 'approved' ORDER BY decided_at, id LIMIT 1"
    )
    owners = {}  # campaign: its team and who owns it
    for draft, account, campaign, state in rows:
        makes = state == "approved" and bind.scalar(first, {"it": campaign}) == draft
        team, owner = owners.get(campaign, (None, None))
        if owner != account:
            team = _team(bind, account, campaign if makes else None)
        if makes:
            owners[campaign] = team, account
        bind.execute(sa.text("UPDATE draft SET team_id = :team WHERE id = :draft"), {"team": team, "draft": draft})


def _team(bind, account, campaign):
    made = sa.text("INSERT INTO team (campaign_id, created_at) VALUES (:campaign, CURRENT_TIMESTAMP) RETURNING id")
    team = bind.scalar(made, {"campaign": campaign})
    member = "INSERT INTO team_member (team_id, account_id, part, since) VALUES (:t, :a, 'owner', CURRENT_TIMESTAMP)"
    bind.execute(sa.text(member), {"t": team, "a": account})
    return team


def downgrade():
    op.drop_index("ix_draft_team_id", "draft")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_draft_team_id", "draft", type_="foreignkey")
    op.drop_column("draft", "team_id")
    for table in ("draft_hand", "team_member", "team_invitation", "assent", "team", "sign_up"):
        op.drop_table(table)
