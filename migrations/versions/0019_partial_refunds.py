"""Sales and shares of which a part went back."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = ("alliance_sale", "alliance_share")


def upgrade() -> None:
    """Add what went back; until now that was all or nothing."""
    for table in TABLES:
        op.add_column(
            table, sa.Column("refunded_fen", sa.BigInteger, nullable=False, server_default="0")
        )
    op.execute("UPDATE alliance_sale SET refunded_fen = amount_fen WHERE status = 'refunded'")
    op.execute("UPDATE alliance_share SET refunded_fen = amount_fen WHERE reversed_at IS NOT NULL")
    for table in TABLES:
        op.create_check_constraint("refunded", table, "refunded_fen BETWEEN 0 AND amount_fen")


def downgrade() -> None:
    """Remove it; a payment of which only a part went back would count as paid in full."""
    for table in TABLES:
        op.drop_constraint(op.f(f"{table}_refunded_check"), table)
        op.drop_column(table, "refunded_fen")
