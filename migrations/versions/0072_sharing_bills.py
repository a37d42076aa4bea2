"""WeChat Pay's bill of profit sharing is compared too."""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

TABLE, NAME = "wallet_reconciliation", "wallet_reconciliation_bill_check"
KNOWN = "'trade', 'basic', 'operation', 'fees', 'bank'"


def upgrade() -> None:
    """Let a run be of that bill."""
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, f"bill IN ({KNOWN}, 'sharing')")


def downgrade() -> None:
    """Only the others again; fails where one was compared."""
    op.drop_constraint(op.f(NAME), TABLE, type_="check")
    op.create_check_constraint(op.f(NAME), TABLE, f"bill IN ({KNOWN})")
