"""How merchants are paid, and who receives their part of split payments."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both histories; until now every merchant was paid the same way."""
    op.create_table(
        "alliance_payout_channel",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("merchant_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "alliance_sharing_receiver",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("merchant_id", sa.Uuid, nullable=False),
        sa.Column("account", sa.Text),
        sa.Column("member_id", sa.Uuid),
        sa.Column("name_sealed", sa.Text),
        sa.Column("relation", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("refusal", sa.Text),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("registered_at", MOMENT),
        sa.CheckConstraint("(account IS NULL) <> (member_id IS NULL)", name="receiver"),
    )
    op.create_index(
        "alliance_sharing_receiver_merchant_idx", "alliance_sharing_receiver", ["merchant_id"]
    )


def downgrade() -> None:
    """Remove both."""
    op.drop_table("alliance_sharing_receiver")
    op.drop_table("alliance_payout_channel")
