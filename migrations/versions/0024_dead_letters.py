"""Who decided about work that failed too often, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLE = "core_outbox"


def upgrade() -> None:
    """Add the decision; rows of the code before have none."""
    op.add_column(TABLE, sa.Column("decided_by", sa.Uuid))
    op.add_column(TABLE, sa.Column("decided_at", sa.DateTime(timezone=True)))
    op.add_column(TABLE, sa.Column("reason", sa.Text))
    op.drop_constraint(op.f(f"{TABLE}_state_check"), TABLE)
    op.create_check_constraint(
        op.f(f"{TABLE}_state_check"), TABLE, "state IN ('waiting', 'dead', 'dropped')"
    )


def downgrade() -> None:
    """Remove it; dropped work would be nobody's."""
    op.execute(f"DELETE FROM {TABLE} WHERE state = 'dropped'")
    op.drop_constraint(op.f(f"{TABLE}_state_check"), TABLE)
    op.create_check_constraint(op.f(f"{TABLE}_state_check"), TABLE, "state IN ('waiting', 'dead')")
    for column in ("reason", "decided_at", "decided_by"):
        op.drop_column(TABLE, column)
