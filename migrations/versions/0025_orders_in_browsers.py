"""Orders paid in a browser (h5), and by the code that WeChat shows (code)."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and two trade types."""
    op.add_column("wallet_order", sa.Column("payer_ip", sa.Text))
    op.add_column("wallet_order", sa.Column("return_to", sa.Text))
    _allow("'jsapi', 'native', 'h5', 'code'")


def downgrade() -> None:
    """Take them away again."""
    _allow("'jsapi', 'native'")
    op.drop_column("wallet_order", "return_to")
    op.drop_column("wallet_order", "payer_ip")


def _allow(trade_types: str) -> None:
    op.drop_constraint(op.f("wallet_order_trade_type_check"), "wallet_order")
    op.create_check_constraint("trade_type", "wallet_order", f"trade_type IN ({trade_types})")
