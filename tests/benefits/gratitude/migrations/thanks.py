"""Purchases that were thanked for."""

from alembic import op

revision = "next"
down_revision = "head"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own."""
    op.execute(
        "CREATE TABLE benefits_gratitude_thanks (bucket smallint, sale_id uuid, campaign_id uuid,"
        " grant_id uuid, status text NOT NULL, PRIMARY KEY (bucket, sale_id, campaign_id))"
    )


def downgrade() -> None:
    """Nothing is left of it."""
    op.execute("DROP TABLE benefits_gratitude_thanks")
