"""Tables of the room `ledger`."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the room's tables."""


def downgrade() -> None:
    """Drop the room's tables."""
