"""Who asked that a contact may take a merchant's money out, and since when they may."""

from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those who may already do so still may; null says that it is long since."""
    op.execute(
        "ALTER TABLE alliance_contact"
        " ADD COLUMN trust_asked_by uuid, ADD COLUMN trusted_at timestamptz"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE alliance_contact DROP COLUMN trust_asked_by, DROP COLUMN trusted_at")
