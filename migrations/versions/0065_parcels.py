"""Parcels of orders, and what WeChat is told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

PARCEL = """
CREATE TABLE alliance_order_parcel (
    bucket smallint NOT NULL,
    order_id uuid NOT NULL,
    number smallint NOT NULL,
    carrier text NOT NULL,
    tracking_no text NOT NULL,
    shipped_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, order_id, number),
    FOREIGN KEY (bucket, order_id) REFERENCES alliance_order (bucket, id)
);
CREATE INDEX alliance_order_to_ship_idx ON alliance_order (merchant_id, id)
    WHERE status = 'paid' AND delivery = 'shipment';
"""
COLUMNS = ("way", "express_company", "tracking_no", "receiver_contact")


def upgrade() -> None:
    """Until now every shipping was reported without a parcel."""
    op.execute(PARCEL)
    for name in COLUMNS:
        op.add_column("wallet_order_shipping", sa.Column(name, sa.Text))


def downgrade() -> None:
    """Forget parcels."""
    for name in reversed(COLUMNS):
        op.drop_column("wallet_order_shipping", name)
    op.execute("DROP INDEX alliance_order_to_ship_idx")
    op.drop_table("alliance_order_parcel")
