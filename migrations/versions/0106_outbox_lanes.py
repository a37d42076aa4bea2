"""Letters that stand back for others, and workers that were lost over one."""

from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Letters that wait now are nobody's and stand back for none; the previous code writes none of
    the new columns."""
    op.execute(
        "ALTER TABLE core_outbox ADD COLUMN is_held boolean NOT NULL DEFAULT false,"
        " ADD COLUMN lost smallint NOT NULL DEFAULT 0,"
        " ADD COLUMN is_patient boolean NOT NULL DEFAULT false"
    )
    op.execute(
        "CREATE INDEX core_outbox_turn_idx ON core_outbox (is_patient, due_at)"
        " WHERE state = 'waiting'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX core_outbox_turn_idx")
    op.execute(
        "ALTER TABLE core_outbox DROP COLUMN is_held, DROP COLUMN lost, DROP COLUMN is_patient"
    )
