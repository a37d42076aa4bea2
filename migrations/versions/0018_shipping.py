"""What WeChat was told of the shipping of orders, and told of their settlement."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "wallet_order_shipping",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("order_id", sa.Uuid, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("reported_at", MOMENT),
        sa.Column("estimated_at", MOMENT),
        sa.Column("received_at", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.CheckConstraint("state in ('due', 'reported', 'not_needed', 'refused')", name="state"),
        sa.ForeignKeyConstraint(["bucket", "order_id"], ["wallet_order.bucket", "wallet_order.id"]),
    )
    op.create_index(
        "wallet_order_shipping_open_idx",
        "wallet_order_shipping",
        ["created_at"],
        postgresql_where=sa.text("state IN ('due', 'refused')"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("wallet_order_shipping")
