"""Experience gold: what was granted in a month, and who was reminded before it ends."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the month's counter and the reminder; lots that end soon are reminded of at once."""
    op.create_table(
        "wallet_experience_month",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("granted_fen", sa.BigInteger, nullable=False),
        sa.CheckConstraint("granted_fen >= 0", name="granted"),
    )
    op.add_column("wallet_lot", sa.Column("reminded_at", sa.DateTime(timezone=True)))
    op.create_index(
        "wallet_lot_reminder_idx",
        "wallet_lot",
        ["expires_at"],
        postgresql_where="expires_at IS NOT NULL AND swept_at IS NULL AND reminded_at IS NULL",
    )


def downgrade() -> None:
    """Forget both."""
    op.drop_index("wallet_lot_reminder_idx")
    op.drop_column("wallet_lot", "reminded_at")
    op.drop_table("wallet_experience_month")
