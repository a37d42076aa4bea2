"""A row for each business day: what its sales, refunds and joiners came to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None
COUNTS = ("sales", "sold_fen", "prepaid_fen", "wechat_fen", "experience_fen", "concession_fen")
COUNTS += ("refunds", "refunded_fen", "joined", "members")


def upgrade() -> None:
    """Make the table; members come in the order of time, so their index costs next to nothing."""
    op.create_table(
        "alliance_overview_day",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS),
        sa.Column("shares", JSONB, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    )
    op.execute("CREATE INDEX members_member_joined_idx ON members_member USING brin (joined_at)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX members_member_joined_idx")
    op.drop_table("alliance_overview_day")
