"""Entries of append-only accounts by moment, for looking through the books."""

from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index while payments go on."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ledger_entry_appended")
        op.execute(
            "CREATE INDEX CONCURRENTLY ledger_entry_appended"
            " ON ledger_entry (owner_id, account, posted_at) WHERE version IS NULL"
        )


def downgrade() -> None:
    """Remove it."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ledger_entry_appended")
