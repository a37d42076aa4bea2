"""When the clock last looked at a campaign, so that each has its turn, however many wait."""

from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null, as for whatever just ended: it comes first."""
    op.execute("ALTER TABLE benefits_campaign ADD COLUMN looked_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE benefits_campaign DROP COLUMN looked_at")
