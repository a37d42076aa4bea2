"""Orders charged by the code that WeChat shows; when an order's reference was given."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns."""
    op.add_column("wallet_order", sa.Column("prepaid_at", MOMENT))
    op.add_column("wallet_order", sa.Column("charge_hash", sa.LargeBinary))
    op.add_column("wallet_order", sa.Column("charged_at", MOMENT))
    flag = sa.Column("is_reversing", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("wallet_order", flag)
    op.create_check_constraint(
        "charged", "wallet_order", "(charge_hash IS NULL) = (charged_at IS NULL)"
    )


def downgrade() -> None:
    """Take them away again."""
    for name in ("is_reversing", "charged_at", "charge_hash", "prepaid_at"):
        op.drop_column("wallet_order", name)
