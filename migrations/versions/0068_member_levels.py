"""Member levels, and the gifts that members took."""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alliance_member_level (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    threshold_fen bigint NOT NULL CHECK (threshold_fen > 0),
    period_days smallint NOT NULL CHECK (period_days > 0),
    gift_fen bigint NOT NULL CHECK (gift_fen >= 0 AND gift_fen * 10 <= threshold_fen),
    budget_fen bigint NOT NULL CHECK (budget_fen >= gift_fen),
    ended_at timestamptz,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE TABLE alliance_level_gift (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    level_id uuid NOT NULL,
    member_id uuid NOT NULL,
    conceded_fen bigint NOT NULL CHECK (conceded_fen > 0),
    gift_fen bigint NOT NULL CHECK (gift_fen > 0),
    journal_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE INDEX alliance_level_gift_member_idx ON alliance_level_gift (member_id, level_id);
CREATE INDEX alliance_level_gift_level_idx ON alliance_level_gift (level_id) INCLUDE (gift_fen);
"""


def upgrade() -> None:
    """Until now all members were alike."""
    op.execute(TABLES)


def downgrade() -> None:
    """Gifts that were taken stay in the ledger."""
    op.execute("DROP TABLE alliance_level_gift")
    op.execute("DROP TABLE alliance_member_level")
