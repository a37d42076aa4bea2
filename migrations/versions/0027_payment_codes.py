"""The member's own payment code, its uses, payment PINs and purse choices."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = "'confirming', 'taken', 'declined', 'expired'"


def upgrade() -> None:
    """Create the tables."""
    _create_devices()
    _create_payments()
    op.create_table(
        "alliance_payment_pin",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("pin_hash", sa.Text, nullable=False),
        sa.Column("failures", sa.SmallInteger, nullable=False),
        sa.Column("usable_at", MOMENT, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
    )
    op.create_table(
        "alliance_purse_choice",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("purses", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for name in ("purse_choice", "payment_pin", "code_payment", "code_device"):
        op.drop_table(f"alliance_{name}")


def _create_devices() -> None:
    op.create_table(
        "alliance_code_device",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("session_name", sa.LargeBinary, nullable=False),
        sa.Column("failures", sa.SmallInteger, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT, nullable=False, index=True),
        sa.UniqueConstraint("bucket", "session_name"),
        sa.CheckConstraint("number BETWEEN 0 AND 999999", name="number"),
    )


def _create_payments() -> None:
    op.create_table(
        "alliance_code_payment",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("device_number", sa.Integer, nullable=False),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("store_id", sa.Uuid, nullable=False),
        sa.Column("merchant_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("trade_type", sa.Text, nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("verified_by", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.UniqueConstraint("bucket", "device_number", "step"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint(f"status IN ({STATES})", name="status"),
        sa.CheckConstraint("verified_by IN ('pin', 'login')", name="verified_by"),
    )
    op.create_index(
        "alliance_code_payment_member_idx",
        "alliance_code_payment",
        ["bucket", "member_id", "created_at"],
    )
    op.create_index(
        "alliance_code_payment_confirming_idx",
        "alliance_code_payment",
        ["expires_at"],
        postgresql_where=sa.text("status = 'confirming'"),
    )
