"""A row for each business day: what its sales, refunds and joiners came to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None
COUNTS = ("sales", "sold_fen", "prepaid_fen", "wechat_fen", "experience_fen", "concession_fen")
COUNTS += ("refunds", "refunded_fen", "joined", "members")


def upgrade() -> None:
    """Make the table, and an index by which members are counted and listed."""
    op.create_table(
        "alliance_overview_day",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS),
        sa.Column("shares", JSONB, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    )
    op.create_index("members_member_joined_idx", "members_member", ["joined_at", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("members_member_joined_idx")
    op.drop_table("alliance_overview_day")
