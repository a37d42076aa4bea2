"""Evidence of merged members, and the members that wait for staff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAITING = """
    INSERT INTO members_review
        (bucket, member_id, same_person_as, state, why, proof, noticed_at)
    SELECT bucket, id, same_person_as, 'waiting', 'both_have_a_past',
           '{"kind": "unionid"}'::jsonb, joined_at
    FROM members_member WHERE same_person_as IS NOT NULL AND merged_into IS NULL
"""


def upgrade() -> None:
    """Create the tables, and take over who waits already."""
    _create_merges()
    _create_reviews()
    op.execute(WAITING)
    op.create_index("wallet_lot_owner_idx", "wallet_lot", ["owner_id"])


def _create_merges() -> None:
    op.create_table(
        "members_merge",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("survivor_id", sa.Uuid, nullable=False),
        sa.Column("absorbed_id", sa.Uuid, nullable=False),
        sa.Column("had_past", sa.Boolean, nullable=False),
        sa.Column("proof", postgresql.JSONB, nullable=False),
        sa.Column("moved", postgresql.JSONB, nullable=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.Uuid),
        sa.Column("undo_reason", sa.Text),
        sa.CheckConstraint("survivor_id <> absorbed_id", name="two"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
    )
    op.create_index(
        "members_merge_absorbed_idx",
        "members_merge",
        ["absorbed_id"],
        unique=True,
        postgresql_where="undone_at IS NULL",
    )
    op.create_index("members_merge_survivor_idx", "members_merge", ["survivor_id"])


def _create_reviews() -> None:
    op.create_table(
        "members_review",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("same_person_as", sa.Uuid, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("proof", postgresql.JSONB, nullable=False),
        sa.Column("noticed_at", MOMENT, nullable=False),
        sa.Column("proposal", sa.Text),
        sa.Column("proposal_reason", sa.Text),
        sa.Column("proposed_by", sa.Uuid),
        sa.Column("proposed_at", MOMENT),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", MOMENT),
        sa.Column("merge_id", sa.Uuid),
        sa.CheckConstraint(
            "state in ('waiting', 'proposed', 'merged', 'kept_apart')", name="state"
        ),
        sa.CheckConstraint("proposal in ('merge', 'keep_apart')", name="proposal"),
        sa.CheckConstraint("decided_by <> proposed_by", name="four_eyes"),
    )
    op.create_index(
        "members_review_open_idx",
        "members_review",
        ["noticed_at"],
        postgresql_where="state IN ('waiting', 'proposed')",
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("wallet_lot_owner_idx")
    for table in ("members_review", "members_merge"):
        op.drop_table(table)
