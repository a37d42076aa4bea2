"""Who confirmed, or declined, that somebody gets a merchant's part of split payments."""

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Receivers of before stay in force; the code before reads none that is proposed."""
    op.execute(
        "ALTER TABLE alliance_sharing_receiver ADD COLUMN decided_by uuid"
        " CHECK (decided_by <> created_by),"
        " ADD COLUMN reason text, ADD COLUMN decided_at timestamptz"
    )


def downgrade() -> None:
    """What waits was never in force, and goes."""
    op.execute("DELETE FROM alliance_sharing_receiver WHERE state IN ('proposed', 'declined')")
    op.execute(
        "ALTER TABLE alliance_sharing_receiver DROP COLUMN decided_by, DROP COLUMN reason,"
        " DROP COLUMN decided_at"
    )
