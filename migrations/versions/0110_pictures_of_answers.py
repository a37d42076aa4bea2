"""Staff answer tickets with pictures."""

from alembic import op

revision = "0110"
down_revision = "0109"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who of the staff uploaded a picture; null for those of members."""
    op.execute("ALTER TABLE notices_ticket_picture ADD COLUMN staff_id uuid")


def downgrade() -> None:
    """Unsent pictures of staff would become members' own: they go."""
    op.execute("DELETE FROM notices_ticket_picture WHERE staff_id IS NOT NULL")
    op.execute("ALTER TABLE notices_ticket_picture DROP COLUMN staff_id")
