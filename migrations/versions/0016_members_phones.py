"""Phone numbers of members."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "members_phone",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False, index=True),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("country_code", sa.Text, nullable=False),
        sa.Column("consented_at", moment, nullable=False),
        sa.Column("verified_at", moment, nullable=False),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("members_phone")
