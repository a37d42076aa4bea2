"""A settlement run of the timetable goes on slice by slice: how far it has got."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

TABLE = "alliance_settlement_run"


def upgrade() -> None:
    """Add the last merchant that a run has been at."""
    op.add_column(TABLE, sa.Column("reached_id", sa.Uuid))


def downgrade() -> None:
    """Take it away: a run under way begins again."""
    op.drop_column(TABLE, "reached_id")
