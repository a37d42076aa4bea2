"""Prizes in goods: orders and their sales that a campaign pays, and claims of what was won."""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

SALE = "alliance_sale"
SUM = (
    "amount_fen = principal_fen + bonus_fen + experience_fen + rebate_fen + wechat_fen"
    " + settled_fen"
)
GRANT_CHECK = "benefits_grant_purse_check"
MONEY = "'rebate', 'rebate_pending', 'experience'"
CLAIM = """
ALTER TABLE benefits_lottery_draw ADD COLUMN claim_until timestamptz;
ALTER TABLE benefits_lottery_draw ADD COLUMN lapsed_at timestamptz;
CREATE INDEX benefits_lottery_draw_claim_idx ON benefits_lottery_draw (claim_until)
    WHERE claim_until IS NOT NULL AND grant_id IS NULL AND voided_at IS NULL
          AND lapsed_at IS NULL;
ALTER TABLE benefits_grant ADD COLUMN order_id uuid;
CREATE UNIQUE INDEX benefits_grant_order_idx ON benefits_grant (bucket, order_id)
    WHERE order_id IS NOT NULL;
"""


def upgrade() -> None:
    """Columns with defaults that the code before does not know; checks are validated apart."""
    op.add_column(SALE, sa.Column("gift_fen", sa.BigInteger, nullable=False, server_default="0"))
    _replace("alliance_sale_purses_check", SALE, f"{SUM} + gift_fen")
    _replace("alliance_sale_gift_check", SALE, "gift_fen = 0 OR gift_fen = amount_fen")
    op.add_column(
        "alliance_order",
        sa.Column("is_gift", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    _replace(GRANT_CHECK, "benefits_grant", f"purse IN ({MONEY}, 'goods')")
    op.execute(CLAIM)


def downgrade() -> None:
    """Fails where goods were given."""
    op.execute("DROP INDEX benefits_grant_order_idx")
    op.execute("DROP INDEX benefits_lottery_draw_claim_idx")
    op.drop_column("benefits_grant", "order_id")
    op.drop_column("benefits_lottery_draw", "lapsed_at")
    op.drop_column("benefits_lottery_draw", "claim_until")
    _replace(GRANT_CHECK, "benefits_grant", f"purse IN ({MONEY})")
    op.drop_column("alliance_order", "is_gift")
    op.execute(f"ALTER TABLE {SALE} DROP CONSTRAINT alliance_sale_gift_check")
    _replace("alliance_sale_purses_check", SALE, SUM)
    op.drop_column(SALE, "gift_fen")


def _replace(name: str, table: str, check: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({check}) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
