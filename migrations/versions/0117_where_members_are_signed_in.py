"""Where a member's sessions were opened and on which day they were last used."""

from alembic import op

revision = "0117"
down_revision = "0116"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A word each for door and device, no address; null for sessions that are open already."""
    op.execute(
        "ALTER TABLE core_session ADD COLUMN door text, ADD COLUMN device text,"
        " ADD COLUMN seen_on date"
    )


def downgrade() -> None:
    """Forget them."""
    op.execute("ALTER TABLE core_session DROP COLUMN door, DROP COLUMN device, DROP COLUMN seen_on")
