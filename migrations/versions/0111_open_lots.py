"""Open lots found without passing over those that are spent: members have many behind them."""

from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index; posting goes on meanwhile."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ledger_lot_open")
        op.execute(
            "CREATE INDEX CONCURRENTLY ledger_lot_open"
            " ON ledger_lot (bucket, owner_id, account, lot_id) WHERE balance_fen > 0"
        )


def downgrade() -> None:
    """Take it away."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ledger_lot_open")
