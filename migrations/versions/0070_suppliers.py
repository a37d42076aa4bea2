"""Suppliers: agreements with sellers, orders they ship, what they are paid."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

# An agreement and a payment carry the seller's bucket.
SUPPLIERS = """
CREATE TABLE alliance_supplier (
    bucket smallint NOT NULL,
    merchant_id uuid NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, merchant_id),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);

CREATE TABLE alliance_supply (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    supplier_id uuid NOT NULL CHECK (supplier_id <> merchant_id),
    price_fen bigint NOT NULL CHECK (price_fen > 0),
    status text NOT NULL CHECK (status IN ('proposed', 'accepted', 'declined', 'ended')),
    proposed_by uuid NOT NULL,
    answered_by uuid,
    ended_by uuid,
    created_at timestamptz NOT NULL,
    answered_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (bucket, id),
    CHECK ((status = 'ended') = (ended_at IS NOT NULL)),
    FOREIGN KEY (bucket, offer_id) REFERENCES alliance_offer (bucket, id)
);
CREATE UNIQUE INDEX alliance_supply_offer_idx ON alliance_supply (bucket, offer_id, status)
    WHERE status IN ('proposed', 'accepted');
CREATE INDEX alliance_supply_merchant_idx ON alliance_supply (merchant_id, id);
CREATE INDEX alliance_supply_supplier_idx ON alliance_supply (supplier_id, id);

CREATE TABLE alliance_supply_payment (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    supplier_id uuid NOT NULL,
    store_id uuid NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen >= 0),
    short_fen bigint NOT NULL CHECK (short_fen >= 0),
    journal_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    settlement_id uuid,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, order_id)
);
CREATE INDEX alliance_supply_payment_supplier_idx ON alliance_supply_payment (supplier_id, id);
CREATE INDEX alliance_supply_payment_unsettled_idx ON alliance_supply_payment (merchant_id)
    WHERE settlement_id IS NULL;
CREATE INDEX alliance_order_supplier_idx ON alliance_order (supplier_id, status, id)
    WHERE supplier_id IS NOT NULL;
"""
KINDS = "'sale', 'refund', 'experience', 'experience_refund', 'advance'"
LINE = "alliance_settlement_line"


def _let_lines_be(kinds: str) -> None:
    op.execute(f"ALTER TABLE {LINE} DROP CONSTRAINT {LINE}_kind_check")
    op.execute(f"ALTER TABLE {LINE} ADD CHECK (kind IN ({kinds}))")


def upgrade() -> None:
    """Until now sellers shipped everything themselves."""
    op.add_column("alliance_order", sa.Column("supplier_id", sa.Uuid))
    op.add_column("alliance_order_line", sa.Column("supply_fen", sa.BigInteger))
    op.execute(SUPPLIERS)
    _let_lines_be(f"{KINDS}, 'supply'")


def downgrade() -> None:
    """Forget suppliers; fails where a statement has a line of one."""
    _let_lines_be(KINDS)
    op.execute("DROP INDEX alliance_order_supplier_idx")
    op.drop_column("alliance_order_line", "supply_fen")
    op.drop_column("alliance_order", "supplier_id")
    for table in ("supply_payment", "supply", "supplier"):
        op.drop_table(f"alliance_{table}")
