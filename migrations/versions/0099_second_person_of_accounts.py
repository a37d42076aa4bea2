"""Who opened an account of staff, whether it waits for another person, and an own factor."""

from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The accounts of before have what is their own."""
    op.execute(
        "ALTER TABLE core_staff"
        " ADD COLUMN must_enrol_factor boolean NOT NULL DEFAULT false,"
        " ADD COLUMN is_waiting boolean NOT NULL DEFAULT false,"
        " ADD COLUMN opened_by uuid, ADD COLUMN opened_at timestamptz,"
        " ADD COLUMN activated_by uuid CHECK (activated_by <> opened_by)"
    )


def downgrade() -> None:
    """Accounts that wait stay inactive."""
    op.execute(
        "ALTER TABLE core_staff DROP COLUMN must_enrol_factor, DROP COLUMN is_waiting,"
        " DROP COLUMN opened_by, DROP COLUMN opened_at, DROP COLUMN activated_by"
    )
