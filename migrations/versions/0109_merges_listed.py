"""Merges are listed, the newest first."""

from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index while members join: ids grow with time, the key begins elsewhere."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS members_merge_newest_idx")
        op.execute("CREATE INDEX CONCURRENTLY members_merge_newest_idx ON members_merge (id)")


def downgrade() -> None:
    """Remove it."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS members_merge_newest_idx")
