"""Top-up plans: bonuses, who pays them, and what is promised while a top-up waits."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

KIND = """
INSERT INTO ledger_account_kind
    (code, name, append_only, uses_lots, floor_fen, ceiling_fen, floor_per_owner)
VALUES (15, 'bonus_reserved', false, false, 0, NULL, false)
"""
PLAN = """
CREATE TABLE alliance_top_up_plan (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid,
    store_id uuid,
    name text NOT NULL,
    version integer NOT NULL,
    tiers jsonb NOT NULL,
    funder text NOT NULL CHECK (funder IN ('store', 'platform')),
    starts_on date NOT NULL,
    ends_on date CHECK (ends_on >= starts_on),
    person_limit integer CHECK (person_limit > 0),
    budget_fen bigint NOT NULL CHECK (budget_fen > 0),
    ended_at timestamptz,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    UNIQUE NULLS NOT DISTINCT (bucket, merchant_id, name, version),
    CHECK (merchant_id IS NOT NULL OR (funder = 'platform' AND store_id IS NULL))
);
CREATE INDEX alliance_top_up_plan_merchant_idx ON alliance_top_up_plan (merchant_id);

CREATE TABLE alliance_plan_claim (
    bucket smallint NOT NULL,
    top_up_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    member_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    funder smallint NOT NULL,
    bonus_fen bigint NOT NULL CHECK (bonus_fen > 0),
    created_at timestamptz NOT NULL,
    granted_at timestamptz,
    released_at timestamptz,
    PRIMARY KEY (bucket, top_up_id),
    CHECK (granted_at IS NULL OR released_at IS NULL)
);
CREATE INDEX alliance_plan_claim_plan_idx ON alliance_plan_claim (plan_id, member_id)
    INCLUDE (bonus_fen) WHERE released_at IS NULL;

CREATE TABLE alliance_fund_movement (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('paid_in', 'released')),
    target text NOT NULL CHECK (target IN ('deposit', 'offer_budget')),
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    reference text NOT NULL,
    status text NOT NULL CHECK (status IN ('requested', 'done', 'rejected')),
    requested_by uuid NOT NULL,
    decided_by uuid CHECK (decided_by <> requested_by),
    journal_id uuid,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    PRIMARY KEY (bucket, id),
    CHECK ((status = 'done') = (journal_id IS NOT NULL)),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
CREATE UNIQUE INDEX alliance_fund_movement_reference_idx
    ON alliance_fund_movement (bucket, merchant_id, reference)
    WHERE kind = 'paid_in' AND status <> 'rejected';
"""
TOP_UP = (
    sa.Column("plan_id", sa.Uuid),
    sa.Column("bonus_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("bonus_state", sa.Text),
    sa.Column("bonus_lot_id", sa.Uuid),
    sa.Column("bonus_journal_id", sa.Uuid),
    sa.Column("bonus_funder_id", sa.Uuid),
    sa.Column("bonus_funder", sa.SmallInteger),
    sa.Column("bonus_missing_fen", sa.BigInteger, nullable=False, server_default="0"),
)
LATE = "alliance_advance_check2"  # what PostgreSQL called the third of three conditions


def upgrade() -> None:
    """Until now no top-up brought a bonus."""
    op.execute(KIND)
    op.execute(PLAN)
    for column in TOP_UP:
        op.add_column("wallet_top_up", column)
    op.create_check_constraint(
        "bonus",
        "wallet_top_up",
        "(bonus_state IS NULL) = (bonus_fen = 0) AND (bonus_state IS NULL) = (bonus_lot_id IS NULL)"
        " AND bonus_state IN ('promised', 'granted', 'released')",
    )
    # a bonus that goes back to its funder may have been collected before
    op.drop_constraint(op.f(LATE), "alliance_advance")
    op.create_check_constraint("collected", "alliance_advance", "collected_fen >= 0")


def downgrade() -> None:
    """Remove plans; granted bonuses stay in the ledger as lots."""
    op.drop_constraint(op.f("alliance_advance_collected_check"), "alliance_advance")
    op.execute(
        f"ALTER TABLE alliance_advance ADD CONSTRAINT {LATE}"
        " CHECK (collected_fen BETWEEN 0 AND advanced_fen)"
    )
    op.drop_constraint(op.f("wallet_top_up_bonus_check"), "wallet_top_up")
    for column in reversed(TOP_UP):
        op.drop_column("wallet_top_up", column.name)
    op.drop_table("alliance_fund_movement")
    op.drop_table("alliance_plan_claim")
    op.drop_table("alliance_top_up_plan")
    op.execute("DELETE FROM ledger_account_kind WHERE code = 15")
