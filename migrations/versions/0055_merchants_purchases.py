"""Merchants pay in other merchants' stores from their settled money."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TABLE, PURSES, MERCHANTS = "alliance_sale", "alliance_sale_purses", "alliance_sale_by_merchant"
FORMER = "amount_fen = principal_fen + bonus_fen + experience_fen + rebate_fen + wechat_fen"


def upgrade() -> None:
    """Add the purse; every sale before was a member's. Checked without holding payments up."""
    op.add_column(
        TABLE, sa.Column("settled_fen", sa.BigInteger, nullable=False, server_default="0")
    )
    op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT alliance_sale_check1")
    for name, check in (
        (PURSES, f"{FORMER} + settled_fen"),
        (MERCHANTS, "settled_fen = 0 OR settled_fen = amount_fen"),
    ):
        op.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {name}_check CHECK ({check}) NOT VALID")
        op.execute(f"ALTER TABLE {TABLE} VALIDATE CONSTRAINT {name}_check")
    op.create_index(
        f"{MERCHANTS}_idx", TABLE, ["payer_id", "id"], postgresql_where=sa.text("settled_fen > 0")
    )


def downgrade() -> None:
    """Take it away; fails where a merchant has paid."""
    op.drop_index(f"{MERCHANTS}_idx", TABLE)
    for name in (PURSES, MERCHANTS):
        op.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT {name}_check")
    op.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT alliance_sale_check1 CHECK ({FORMER})")
    op.drop_column(TABLE, "settled_fen")
