"""Statements of the bank are compared like WeChat Pay's bills."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE, NAME = "wallet_reconciliation", "wallet_reconciliation_bill_check"
FETCHED = "'trade', 'basic', 'operation', 'fees'"


def upgrade() -> None:
    """Let a run be of a bank's statement."""
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, f"bill IN ({FETCHED}, 'bank')")


def downgrade() -> None:
    """Only WeChat Pay's bills again; fails where a statement was compared."""
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, f"bill IN ({FETCHED})")
