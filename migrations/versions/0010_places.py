"""Stores on the map, where members are, and how often the menu is tapped."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and create the tables; the code before does not look at them."""
    op.add_column("alliance_store", sa.Column("latitude", sa.Double))
    op.add_column("alliance_store", sa.Column("longitude", sa.Double))
    op.create_table(
        "notices_place",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("latitude", sa.Numeric(5, 2)),
        sa.Column("longitude", sa.Numeric(5, 2)),
        sa.Column("kept_until", MOMENT, index=True),
        sa.Column("consented_at", MOMENT, nullable=False),
    )
    op.create_table(
        "notices_menu_tap",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("event", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("shard", sa.SmallInteger, primary_key=True),
        sa.Column("taps", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("notices_menu_tap")
    op.drop_table("notices_place")
    op.drop_column("alliance_store", "longitude")
    op.drop_column("alliance_store", "latitude")
