"""What WeChat said when it refused a shipping, and who had it reported again."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add WeChat's words and the table of retries."""
    op.add_column("wallet_order_shipping", sa.Column("error_message", sa.Text))
    op.create_table(
        "wallet_shipping_retry",
        sa.Column("bucket", sa.SmallInteger, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("error_message", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "id"),
    )
    op.create_index(
        "wallet_shipping_retry_order_idx", "wallet_shipping_retry", ["bucket", "order_id"]
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("wallet_shipping_retry")
    op.drop_column("wallet_order_shipping", "error_message")
