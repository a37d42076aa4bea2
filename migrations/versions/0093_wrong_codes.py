"""Wrong codes in a row close a staff account to codes for a while."""

from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None yet."""
    op.execute("ALTER TABLE core_staff ADD wrong_codes integer NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE core_staff ADD codes_closed_until timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE core_staff DROP codes_closed_until")
    op.execute("ALTER TABLE core_staff DROP wrong_codes")
