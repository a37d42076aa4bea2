"""Tables of the room `members`."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the room's tables."""


def downgrade() -> None:
    """Drop the room's tables."""
