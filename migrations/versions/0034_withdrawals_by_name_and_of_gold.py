"""Real names for withdrawals, experience gold that can be withdrawn and its tax."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WITHDRAWAL = "wallet_withdrawal"
EXPERIENCE, REBATE, AVAILABLE = 3, 12, 20


def upgrade() -> None:
    """Add the columns; gold granted before stays what it was: not withdrawable."""
    op.add_column(
        "wallet_lot",
        sa.Column("is_withdrawable", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column(
        WITHDRAWAL, sa.Column("needs_name", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column(
        "wallet_tax_record",
        sa.Column("kind", sa.Text, nullable=False, server_default="labour_remuneration"),
    )
    op.create_check_constraint(
        "kind", "wallet_tax_record", "kind IN ('labour_remuneration', 'accidental_income')"
    )
    op.create_table(
        "wallet_tax_payment",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("receipt", sa.Text, primary_key=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
    )
    _sources(EXPERIENCE, REBATE, AVAILABLE)


def downgrade() -> None:
    """Remove the columns; withdrawals of experience gold forbid it."""
    _sources(REBATE, AVAILABLE)
    op.drop_table("wallet_tax_payment")
    op.drop_constraint(op.f("wallet_tax_record_kind_check"), "wallet_tax_record")
    op.drop_column("wallet_tax_record", "kind")
    op.drop_column(WITHDRAWAL, "needs_name")
    op.drop_column("wallet_lot", "is_withdrawable")


def _sources(*accounts: int) -> None:
    op.drop_constraint(op.f("wallet_withdrawal_source_check"), WITHDRAWAL)
    named = ", ".join(str(account) for account in accounts)
    op.create_check_constraint("source", WITHDRAWAL, f"source IN ({named})")
