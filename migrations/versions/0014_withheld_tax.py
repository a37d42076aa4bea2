"""Tax withheld from withdrawals."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the records; no earlier withdrawal has had tax withheld."""
    op.create_table(
        "wallet_tax_record",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("withdrawal_id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("taxable_fen", sa.BigInteger, nullable=False),
        sa.Column("tax_fen", sa.BigInteger, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("reversed_at", MOMENT),
        sa.Column("reason", sa.Text),
        sa.Column("reversal_journal_id", sa.Uuid),
        sa.ForeignKeyConstraint(
            ["bucket", "withdrawal_id"], ["wallet_withdrawal.bucket", "wallet_withdrawal.id"]
        ),
        sa.CheckConstraint("taxable_fen > 0 AND tax_fen BETWEEN 0 AND taxable_fen", name="amounts"),
    )
    op.create_index("wallet_tax_record_member_idx", "wallet_tax_record", ["bucket", "member_id"])
    op.create_index("wallet_tax_record_month_idx", "wallet_tax_record", ["month", "withdrawal_id"])


def downgrade() -> None:
    """Remove the records."""
    op.drop_table("wallet_tax_record")
