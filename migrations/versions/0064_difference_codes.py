"""Difference codes: each enterprise's code, and of each sale whose customer bought of whom."""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alliance_difference_code (
    bucket smallint NOT NULL,
    merchant_id uuid NOT NULL,
    code text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, merchant_id),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
CREATE TABLE alliance_sale_pair (
    bucket smallint NOT NULL,
    sale_id uuid NOT NULL,
    customer_merchant_id uuid,
    seller_merchant_id uuid NOT NULL,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    PRIMARY KEY (bucket, sale_id)
);
"""
PAST = """
INSERT INTO alliance_sale_pair
SELECT sale.bucket, sale.id, coalesce(share.owner_id, home.merchant_id), sale.merchant_id,
    date_trunc('month', sale.paid_at AT TIME ZONE 'Asia/Shanghai')::date
FROM alliance_sale sale
LEFT JOIN members_binding bound
    ON bound.bucket = sale.bucket AND bound.member_id = sale.payer_id
LEFT JOIN alliance_store home ON home.id = bound.home_store_id
LEFT JOIN alliance_share share ON share.bucket = sale.bucket AND share.sale_id = sale.id
    AND share.party = 'home_store' AND share.receiver = 'home_store'
WHERE sale.distributed_at IS NOT NULL
"""
INDEXES = """
CREATE INDEX alliance_sale_pair_month_idx
    ON alliance_sale_pair (month, customer_merchant_id, seller_merchant_id);
CREATE INDEX alliance_sale_pair_seller_idx ON alliance_sale_pair (seller_merchant_id, month);
"""


def upgrade() -> None:
    """Past sales are noted as they were shared out; where no share says it, as members are bound.
    What previous code shares out meanwhile is noted by the product's duty."""
    op.execute(TABLES)
    op.execute(PAST)
    op.execute(INDEXES)


def downgrade() -> None:
    """The shares stay."""
    op.execute("DROP TABLE alliance_sale_pair")
    op.execute("DROP TABLE alliance_difference_code")
