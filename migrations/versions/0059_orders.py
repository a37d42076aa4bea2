"""Carts, orders, pick-up numbers, and what of an order went back before its sale."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

# An order's rows carry its buyer's bucket, pick-up numbers the merchant's.
ORDERS = """
CREATE TABLE alliance_cart_item (
    bucket smallint NOT NULL,
    member_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price_fen bigint NOT NULL,
    member_price_fen bigint,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, member_id, offer_id)
);

CREATE TABLE alliance_order (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    payer_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    store_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    delivery text NOT NULL CHECK (delivery IN ('pickup', 'shipment')),
    status text NOT NULL CHECK (status IN ('unpaid', 'paying', 'paid', 'shipped', 'completed',
        'cancelled', 'expired', 'returned')),
    remark text,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    member_amount_fen bigint NOT NULL CHECK (member_amount_fen BETWEEN 1 AND amount_fen),
    is_member_price boolean NOT NULL DEFAULT false,
    paid_fen bigint NOT NULL DEFAULT 0 CHECK (paid_fen IN (0, amount_fen, member_amount_fen)),
    wechat_fen bigint NOT NULL DEFAULT 0 CHECK (wechat_fen BETWEEN 0 AND paid_fen),
    returned_fen bigint NOT NULL DEFAULT 0 CHECK (returned_fen BETWEEN 0 AND paid_fen),
    wechat_order_id uuid,
    parts_journal_id uuid,
    created_at timestamptz NOT NULL,
    next_at timestamptz,
    paid_at timestamptz,
    ready_at timestamptz,
    shipped_at timestamptz,
    extended_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (bucket, id),
    CHECK ((status IN ('completed', 'cancelled', 'expired', 'returned')) = (ended_at IS NOT NULL)),
    CHECK (status <> 'returned' OR (paid_fen > 0 AND returned_fen = paid_fen)),
    CHECK (status <> 'completed' OR returned_fen < paid_fen),
    CHECK ((wechat_fen > 0) = (wechat_order_id IS NOT NULL))
);
CREATE INDEX alliance_order_payer_idx ON alliance_order (payer_id, id);
CREATE INDEX alliance_order_merchant_idx ON alliance_order (merchant_id, id);
CREATE INDEX alliance_order_next_idx ON alliance_order (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE alliance_order_line (
    bucket smallint NOT NULL,
    order_id uuid NOT NULL,
    number smallint NOT NULL,
    offer_id uuid NOT NULL,
    offer_version integer NOT NULL,
    title text NOT NULL,
    picture text,
    quantity integer NOT NULL CHECK (quantity > 0),
    price_fen bigint NOT NULL CHECK (price_fen > 0),
    member_price_fen bigint CHECK (member_price_fen BETWEEN 1 AND price_fen),
    unit_fen bigint CHECK (unit_fen IN (price_fen, member_price_fen)),
    returned integer NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND quantity),
    PRIMARY KEY (bucket, order_id, number),
    FOREIGN KEY (bucket, order_id) REFERENCES alliance_order (bucket, id)
);

CREATE TABLE alliance_order_receiver (
    order_id uuid PRIMARY KEY,
    receiver_sealed text NOT NULL
);

CREATE TABLE alliance_order_step (
    bucket smallint NOT NULL,
    order_id uuid NOT NULL,
    number smallint NOT NULL,
    step text NOT NULL,
    status text NOT NULL,
    principal_id uuid NOT NULL,
    note text,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, order_id, number),
    FOREIGN KEY (bucket, order_id) REFERENCES alliance_order (bucket, id)
);

CREATE TABLE alliance_order_return (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    wechat_fen bigint NOT NULL CHECK (wechat_fen BETWEEN 0 AND amount_fen),
    lines jsonb NOT NULL,
    reason text NOT NULL,
    requested_by uuid NOT NULL,
    journal_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    FOREIGN KEY (bucket, order_id) REFERENCES alliance_order (bucket, id)
);
CREATE INDEX alliance_order_return_order_idx ON alliance_order_return (bucket, order_id);

CREATE TABLE alliance_pickup_number (
    bucket smallint NOT NULL,
    merchant_id uuid NOT NULL,
    number integer NOT NULL CHECK (number BETWEEN 0 AND 999999),
    order_id uuid NOT NULL,
    failures smallint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (bucket, merchant_id, number)
);
CREATE UNIQUE INDEX alliance_pickup_number_order_idx
    ON alliance_pickup_number (bucket, merchant_id, order_id) WHERE used_at IS NULL;
"""
TABLES = (
    "pickup_number",
    "order_return",
    "order_step",
    "order_receiver",
    "order_line",
    "order",
    "cart_item",
)


def upgrade() -> None:
    """Until now nobody ordered anything."""
    op.execute(ORDERS)


def downgrade() -> None:
    """Remove orders; what was paid for them stays in the ledger."""
    for table in TABLES:
        op.drop_table(f"alliance_{table}")
