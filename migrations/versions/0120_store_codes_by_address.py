"""A store is found by the address that its WeChat code holds."""

from alembic import op

revision = "0120"
down_revision = "0119"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Codes of stores alone, few rows beside those of members; while codes go on being made."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS qr_code_store_address_idx")
        op.execute(
            "CREATE INDEX CONCURRENTLY qr_code_store_address_idx ON qr_code (ticket_url)"
            " WHERE kind = 'S'"
        )


def downgrade() -> None:
    """The previous code reads tokens only."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS qr_code_store_address_idx")
