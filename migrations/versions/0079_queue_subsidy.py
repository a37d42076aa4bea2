"""Queues: places of purchases, counted in blocks so that positions cost little at any length."""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE benefits_campaign ALTER COLUMN fundings TYPE integer;
CREATE TABLE benefits_queue (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    next_number bigint NOT NULL CHECK (next_number >= 1),
    targets_fen bigint NOT NULL CHECK (targets_fen >= 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE TABLE benefits_queue_campaign (
    bucket smallint NOT NULL,
    campaign_id uuid NOT NULL,
    queue_id uuid NOT NULL,
    PRIMARY KEY (bucket, campaign_id)
);
CREATE TABLE benefits_queue_account (
    bucket smallint NOT NULL,
    queue_id uuid NOT NULL,
    member_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, queue_id, member_id)
);
CREATE TABLE benefits_queue_place (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    queue_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    member_id uuid NOT NULL,
    number bigint NOT NULL CHECK (number >= 1),
    before_fen bigint NOT NULL CHECK (before_fen >= 0),
    first_target_fen bigint NOT NULL CHECK (first_target_fen > 0),
    target_fen bigint NOT NULL CHECK (target_fen BETWEEN 0 AND first_target_fen),
    paid_fen bigint NOT NULL DEFAULT 0 CHECK (paid_fen BETWEEN 0 AND first_target_fen),
    taken_fen bigint NOT NULL DEFAULT 0 CHECK (taken_fen BETWEEN 0 AND paid_fen),
    parts integer NOT NULL DEFAULT 0,
    state text NOT NULL CHECK (state IN ('waiting', 'paid', 'left')),
    is_told boolean NOT NULL DEFAULT false,
    joined_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, sale_id),
    CHECK (paid_fen - taken_fen <= target_fen),
    CHECK ((state = 'waiting') = (finished_at IS NULL))
);
CREATE INDEX benefits_queue_place_number_idx ON benefits_queue_place (queue_id, number);
CREATE INDEX benefits_queue_place_front_idx ON benefits_queue_place (queue_id, number)
    WHERE state = 'waiting';
CREATE INDEX benefits_queue_place_member_idx ON benefits_queue_place (member_id, queue_id, number);
CREATE TABLE benefits_queue_block (
    bucket smallint NOT NULL,
    queue_id uuid NOT NULL,
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    block bigint NOT NULL CHECK (block >= 0),
    gone bigint NOT NULL CHECK (gone >= 0),
    settled_fen bigint NOT NULL CHECK (settled_fen >= 0),
    PRIMARY KEY (bucket, queue_id, level, block)
) WITH (fillfactor = 50);
CREATE TABLE benefits_queue_day (
    bucket smallint NOT NULL,
    queue_id uuid NOT NULL,
    day date NOT NULL,
    in_fen bigint NOT NULL DEFAULT 0,
    out_fen bigint NOT NULL DEFAULT 0,
    back_fen bigint NOT NULL DEFAULT 0,
    balance_fen bigint NOT NULL DEFAULT 0,
    places bigint NOT NULL DEFAULT 0,
    targets_fen bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (bucket, queue_id, day)
);
CREATE INDEX benefits_queue_day_day_idx ON benefits_queue_day (day);
"""


def upgrade() -> None:
    """Until now the pool's share of concessions was collected and paid to nobody."""
    op.execute(TABLES)


def downgrade() -> None:
    """What was paid stays in the ledger."""
    for table in ("day", "block", "place", "account", "campaign"):
        op.execute(f"DROP TABLE benefits_queue_{table}")
    op.execute("DROP TABLE benefits_queue")
    op.execute("ALTER TABLE benefits_campaign ALTER COLUMN fundings TYPE smallint")
