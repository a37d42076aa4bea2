"""Advances on top-ups: what was lent, has fallen due and came back."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COLUMNS = (
    ("advance_bp", sa.SmallInteger, "advance_bp BETWEEN 0 AND 10000"),
    ("advance_limit_fen", sa.BigInteger, "advance_limit_fen >= 0"),
    ("advance_deposit_fen", sa.BigInteger, "advance_deposit_fen >= 0"),
)
ADVANCE = """
CREATE TABLE alliance_advance (
    bucket smallint NOT NULL,
    lot_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    store_id uuid NOT NULL,
    member_id uuid NOT NULL,
    issued_to uuid NOT NULL,
    account smallint NOT NULL,
    issued_fen bigint NOT NULL,
    advanced_fen bigint NOT NULL CHECK (advanced_fen BETWEEN 0 AND issued_fen),
    due_fen bigint NOT NULL CHECK (due_fen BETWEEN 0 AND advanced_fen),
    collected_fen bigint NOT NULL CHECK (collected_fen BETWEEN 0 AND advanced_fen),
    journal_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    looked_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, lot_id),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
CREATE INDEX alliance_advance_unsettled_idx ON alliance_advance (merchant_id, lot_id)
    WHERE due_fen <> collected_fen;
CREATE INDEX alliance_advance_member_idx ON alliance_advance (member_id);
CREATE INDEX alliance_advance_looked_idx ON alliance_advance (looked_at)
    WHERE due_fen < advanced_fen;
"""
COLLECTION = """
CREATE TABLE alliance_advance_collection (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    from_pending_fen bigint NOT NULL CHECK (from_pending_fen >= 0),
    from_deposit_fen bigint NOT NULL CHECK (from_deposit_fen >= 0),
    journal_id uuid NOT NULL,
    settlement_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    CHECK (from_pending_fen + from_deposit_fen > 0),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
CREATE INDEX alliance_advance_collection_merchant_idx
    ON alliance_advance_collection (bucket, merchant_id, id);
CREATE INDEX alliance_advance_collection_unsettled_idx
    ON alliance_advance_collection (merchant_id, created_at) WHERE settlement_id IS NULL;

CREATE TABLE alliance_touched_member (
    bucket smallint NOT NULL,
    member_id uuid NOT NULL,
    touched_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, member_id)
);
CREATE INDEX alliance_touched_member_idx ON alliance_touched_member (touched_at);
"""
TABLES = ("touched_member", "advance_collection", "advance")


def upgrade() -> None:
    """Let contracts say what is lent; until now they lend nothing."""
    for name, kind, condition in COLUMNS:
        op.add_column(
            "alliance_contract", sa.Column(name, kind, nullable=False, server_default="0")
        )
        op.create_check_constraint(name, "alliance_contract", condition)
    op.execute(ADVANCE)
    op.execute(COLLECTION)


def downgrade() -> None:
    """Remove it; what is lent stays in the ledger, without knowing on which lots."""
    for table in TABLES:
        op.drop_table(f"alliance_{table}")
    for name, _, _ in COLUMNS:
        op.drop_constraint(op.f(f"alliance_contract_{name}_check"), "alliance_contract")
        op.drop_column("alliance_contract", name)
