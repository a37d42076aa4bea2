"""Tables of the room `wallet`."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the room's tables."""


def downgrade() -> None:
    """Drop the room's tables."""
