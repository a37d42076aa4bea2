"""Codes for amounts that a merchant fixed, and the sales paid by them."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "alliance_amount_code",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("store_id", sa.Uuid, nullable=False),
        sa.Column("merchant_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("is_single", sa.Boolean, nullable=False),
        sa.Column("issued_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("sale_id", sa.Uuid),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint("sale_id IS NULL OR is_single", name="single"),
    )
    op.create_index(
        "alliance_amount_code_store_idx", "alliance_amount_code", ["bucket", "store_id", "id"]
    )
    op.create_table(
        "alliance_amount_code_use",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("sale_id", sa.Uuid, primary_key=True),
        sa.Column("code_id", sa.Uuid, nullable=False, index=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("alliance_amount_code_use")
    op.drop_table("alliance_amount_code")
