"""What suppliers gave back of refunded sales, and what they owe sellers of it."""

from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now a refund took nothing back from a supplier."""
    op.execute(
        """
CREATE TABLE alliance_supply_return (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    refund_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    supplier_id uuid NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    covered_fen bigint NOT NULL CHECK (covered_fen BETWEEN 0 AND amount_fen),
    recovered_fen bigint NOT NULL CHECK (recovered_fen BETWEEN 0 AND covered_fen),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, refund_id)
);
CREATE INDEX alliance_supply_return_payment_idx ON alliance_supply_return (bucket, payment_id);
CREATE INDEX alliance_supply_return_owed_idx ON alliance_supply_return (supplier_id)
    WHERE covered_fen > recovered_fen;
"""
    )


def downgrade() -> None:
    """Forget who gave what."""
    op.execute("DROP TABLE alliance_supply_return")
