"""Which revision of a campaign's draft was read, and all who wrote one."""

from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of the drafts there are only the last author is known."""
    op.execute(
        "ALTER TABLE benefits_campaign ADD COLUMN revision integer NOT NULL DEFAULT 1,"
        " ADD COLUMN editors uuid[] NOT NULL DEFAULT '{}'"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE benefits_campaign DROP COLUMN revision, DROP COLUMN editors")
