"""When a grant was last in hand that could not be released: fair turns for what fails."""

from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null: not tried yet, or never failed."""
    op.execute(
        """
        ALTER TABLE benefits_grant ADD COLUMN looked_at timestamptz;
        CREATE INDEX benefits_grant_looked_idx ON benefits_grant (looked_at)
            WHERE looked_at IS NOT NULL AND released_at IS NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX benefits_grant_looked_idx")
    op.execute("ALTER TABLE benefits_grant DROP COLUMN looked_at")
