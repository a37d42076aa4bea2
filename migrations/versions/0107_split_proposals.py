"""Who first said what becomes of a split in trouble."""

from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was decided before was one person's word, and stays."""
    op.execute(
        "ALTER TABLE wallet_split ADD COLUMN proposed_by uuid,"
        " ADD CONSTRAINT wallet_split_four_eyes_check"
        " CHECK (proposed_by IS NULL OR decided_by <> proposed_by)"
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE wallet_split DROP CONSTRAINT wallet_split_four_eyes_check,"
        " DROP COLUMN proposed_by"
    )
