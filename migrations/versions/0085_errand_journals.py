"""What moved an errand's reward at its end."""

from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Errands that ended before name none."""
    op.execute("ALTER TABLE benefits_errand ADD end_journal_id uuid")


def downgrade() -> None:
    """The ledger knows it too."""
    op.execute("ALTER TABLE benefits_errand DROP end_journal_id")
