"""Which menu of the official account was published last."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "notices_published_menu",
        sa.Column("app_id", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("is_ours", sa.Boolean, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'published', 'foreign', 'refused', 'invalid')",
            name="notices_published_menu_state",
        ),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("notices_published_menu")
