"""One index of letters that are due: the lanes' serves what the older one did."""

from alembic import op

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each letter costs an entry less; the previous code finds its letters by the other index."""
    op.execute("DROP INDEX core_outbox_due_idx")


def downgrade() -> None:
    """As the first migration made it."""
    op.execute("CREATE INDEX core_outbox_due_idx ON core_outbox (due_at) WHERE state = 'waiting'")
