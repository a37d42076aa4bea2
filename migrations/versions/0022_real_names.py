"""Real names of members, their bank cards, and whose an ID number, phone or card is."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _versions("members_real_name", "name", "id_number", "phone")
    _versions("members_bank_card", "number", "bank_name")
    op.add_column("members_bank_card", sa.Column("changed_at", MOMENT, nullable=False))
    op.create_table(
        "members_real_name_claim",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key_name", sa.Text, nullable=False, index=True),
        sa.Column("member_id", sa.Uuid, nullable=False, index=True),
        sa.Column("source_id", sa.Uuid, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
    )
    op.create_index(
        "members_real_name_claim_source_idx", "members_real_name_claim", ["source_id", "kind"]
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("members_real_name_claim", "members_bank_card", "members_real_name"):
        op.drop_table(table)


def _versions(table: str, *texts: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False, index=True),
        *(sa.Column(name, sa.Text) for name in texts),
        sa.Column("consent_version", sa.Text, nullable=False),
        sa.Column("consent_door", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("replaced_at", MOMENT),
    )
    op.create_index(
        f"{table}_present_idx",
        table,
        ["member_id"],
        unique=True,
        postgresql_where="replaced_at IS NULL",
    )
