"""Settled money that leaves by itself: how each merchant wants it, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the wishes and their outcomes: nobody's money leaves by itself until it is wanted."""
    op.create_table(
        "alliance_payout_wish",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("merchant_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("is_on", sa.Boolean, nullable=False),
        sa.Column("minimum_fen", sa.BigInteger, nullable=False),
        sa.Column("receiver_id", sa.Uuid),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("minimum_fen > 0", name="minimum"),
    )
    op.create_table(
        "alliance_payout",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("settlement_id", sa.Uuid, primary_key=True),
        sa.Column("merchant_id", sa.Uuid, nullable=False),
        sa.Column("withdrawal_id", sa.Uuid),
        sa.Column("amount_fen", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("(withdrawal_id IS NULL) = (reason IS NOT NULL)", name="outcome"),
        sa.CheckConstraint("(withdrawal_id IS NULL) = (amount_fen IS NULL)", name="amount"),
    )
    op.create_index(
        "alliance_payout_merchant_idx", "alliance_payout", ["merchant_id", "settlement_id"]
    )


def downgrade() -> None:
    """Remove them; withdrawals that were asked for stay."""
    op.drop_table("alliance_payout")
    op.drop_table("alliance_payout_wish")
