"""A merchant's payments, newest first, whatever has been settled."""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index what the merchant's console lists and adds up."""
    op.execute(
        "CREATE INDEX alliance_sale_of_merchant_idx ON alliance_sale"
        " (merchant_id, paid_at DESC, id DESC) WHERE paid_at IS NOT NULL"
    )


def downgrade() -> None:
    """Go back to the index of what is unsettled."""
    op.execute("DROP INDEX alliance_sale_of_merchant_idx")
