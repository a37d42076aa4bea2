"""Withdrawals: their steps, fee and tax, risks, two approvals, batches, manual handling."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = "wallet_withdrawal"
MOMENT = sa.DateTime(timezone=True)
STATES = (
    "'held', 'reviewing', 'approved', 'sending', 'waiting_confirmation', 'manual', "
    "'paid', 'returned', 'rejected', 'cancelled'"
)
ENDS = "'paid', 'returned', 'rejected', 'cancelled'"


def upgrade() -> None:
    """Widen the withdrawals and create their steps; the code before knows nothing of either."""
    for column in _columns():
        op.add_column(TABLE, column)
    op.drop_constraint(op.f("wallet_withdrawal_state_check"), TABLE)
    op.drop_constraint(op.f("wallet_withdrawal_end_check"), TABLE)
    op.create_check_constraint("state", TABLE, f"state IN ({STATES})")
    op.create_check_constraint("end", TABLE, f"(state IN ({ENDS})) = (end_journal_id IS NOT NULL)")
    op.create_check_constraint(
        "parts", TABLE, "fee_fen >= 0 AND tax_fen >= 0 AND fee_fen + tax_fen < amount_fen"
    )
    op.create_check_constraint("conclusion", TABLE, "conclusion IN ('paid', 'returned')")
    op.create_index("wallet_withdrawal_created_idx", TABLE, ["created_at"])
    _create_steps()


def _columns() -> list[sa.Column]:
    return [
        sa.Column("fee_fen", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tax_fen", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("risks", JSONB, nullable=False, server_default="[]"),
        sa.Column("approvals_needed", sa.SmallInteger, nullable=False, server_default="1"),
        sa.Column("steps", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("batch_id", sa.Uuid),
        sa.Column("is_asked_back", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("conclusion", sa.Text),
    ]


def _create_steps() -> None:
    op.create_table(
        "wallet_withdrawal_step",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("withdrawal_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("principal_id", sa.Uuid, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket", "withdrawal_id"], ["wallet_withdrawal.bucket", "wallet_withdrawal.id"]
        ),
    )


def downgrade() -> None:
    """Remove the steps and the columns; withdrawals in manual handling or cancelled forbid it."""
    op.drop_table("wallet_withdrawal_step")
    op.drop_index("wallet_withdrawal_created_idx", TABLE)
    for name in ("state", "end", "parts", "conclusion"):
        op.drop_constraint(op.f(f"wallet_withdrawal_{name}_check"), TABLE)
    for column in reversed(_columns()):
        op.drop_column(TABLE, column.name)
    states = STATES.replace("'manual', ", "").replace(", 'cancelled'", "")
    op.create_check_constraint("state", TABLE, f"state IN ({states})")
    ends = ENDS.replace(", 'cancelled'", "")
    op.create_check_constraint("end", TABLE, f"(state IN ({ends})) = (end_journal_id IS NOT NULL)")
