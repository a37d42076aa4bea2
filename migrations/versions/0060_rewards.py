"""Rewards for recommenders: rules, and what each gave for a member, once."""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alliance_reward_rule (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('first', 'cumulative')),
    threshold_fen bigint NOT NULL CHECK (threshold_fen > 0),
    reward_fen bigint NOT NULL CHECK (reward_fen > 0 AND reward_fen <= threshold_fen),
    budget_fen bigint NOT NULL CHECK (budget_fen >= reward_fen),
    starts_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on >= starts_on),
    ended_at timestamptz,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE TABLE alliance_reward (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    rule_id uuid NOT NULL,
    member_id uuid NOT NULL,
    recommender_id uuid NOT NULL CHECK (recommender_id <> member_id),
    sale_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'paid', 'taken_back', 'closed')),
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    collected_fen bigint NOT NULL DEFAULT 0 CHECK (collected_fen BETWEEN 0 AND amount_fen),
    attempt smallint NOT NULL DEFAULT 0,
    journal_id uuid,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    release_at timestamptz,
    released_at timestamptz,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, rule_id, member_id),
    CHECK (status <> 'paid' OR (journal_id IS NOT NULL AND release_at IS NOT NULL))
);
CREATE INDEX alliance_reward_rule_idx ON alliance_reward (rule_id, status) INCLUDE (amount_fen);
CREATE INDEX alliance_reward_recommender_idx ON alliance_reward (recommender_id, id);
CREATE INDEX alliance_reward_waiting_idx ON alliance_reward (rule_id) WHERE status = 'waiting';
CREATE INDEX alliance_reward_release_idx ON alliance_reward (release_at)
    WHERE status = 'paid' AND released_at IS NULL;
"""


def upgrade() -> None:
    """Until now nobody was promised any."""
    op.execute(TABLES)


def downgrade() -> None:
    """What was paid stays in the ledger."""
    op.execute("DROP TABLE alliance_reward")
    op.execute("DROP TABLE alliance_reward_rule")
