"""Top-up plans that the platform pays are drafts until somebody else publishes them."""

from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those of before are published."""
    op.execute(
        "ALTER TABLE alliance_top_up_plan"
        " ADD COLUMN is_draft boolean NOT NULL DEFAULT false,"
        " ADD COLUMN published_by uuid CHECK (published_by <> created_by)"
    )


def downgrade() -> None:
    """Drafts stay ended."""
    op.execute("ALTER TABLE alliance_top_up_plan DROP COLUMN is_draft, DROP COLUMN published_by")
