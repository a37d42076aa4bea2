"""Pictures of stores, by their names among the pictures of the merchant."""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No store has one; the code before leaves the column alone."""
    op.execute("ALTER TABLE alliance_store ADD COLUMN pictures text[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Forget which pictures stores show; the pictures stay."""
    op.execute("ALTER TABLE alliance_store DROP COLUMN pictures")
