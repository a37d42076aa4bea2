"""People on their way through WeChat's login on a page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "alliance_web_visit",
        sa.Column("state_hash", sa.LargeBinary, primary_key=True),
        sa.Column("browser_hash", sa.LargeBinary, nullable=False, index=True),
        sa.Column("scene", sa.Text),
        sa.Column("return_to", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, index=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.Text),
        sa.Column("joined", postgresql.JSONB),
        sa.Column("credited_at", MOMENT),
        sa.Column("claimed_at", MOMENT),
        sa.CheckConstraint("outcome in ('member', 'snapshot')", name="outcome"),
        sa.CheckConstraint("(outcome = 'member') = (joined is not null)", name="joined"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("alliance_web_visit")
