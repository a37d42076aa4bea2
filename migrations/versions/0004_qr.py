"""Tables of the room `qr`."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the room's tables."""


def downgrade() -> None:
    """Drop the room's tables."""
