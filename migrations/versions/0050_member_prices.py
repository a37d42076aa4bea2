"""Member prices: what a contract takes off for prepaid money, and what each sale was sold at."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

ZERO = sa.text("0")
RATE = "member_discount_bp BETWEEN 0 AND 9999"


def upgrade() -> None:
    """Add the discount to contracts, sales and lines of statements: none so far."""
    for table in ("alliance_contract", "alliance_sale"):
        rate = sa.Column("member_discount_bp", sa.SmallInteger, nullable=False, server_default=ZERO)
        op.add_column(table, rate)
        op.create_check_constraint(f"{table}_member_discount_check", table, RATE)
    for table in ("alliance_sale", "alliance_settlement_line"):
        amount = sa.Column("discount_fen", sa.BigInteger, nullable=False, server_default=ZERO)
        op.add_column(table, amount)
    op.create_check_constraint("alliance_sale_discount_check", "alliance_sale", "discount_fen >= 0")


def downgrade() -> None:
    """Forget what list prices were; what was paid stays."""
    op.drop_column("alliance_settlement_line", "discount_fen")
    op.drop_column("alliance_sale", "discount_fen")
    for table in ("alliance_contract", "alliance_sale"):
        op.drop_column(table, "member_discount_bp")
