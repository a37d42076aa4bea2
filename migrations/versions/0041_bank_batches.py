"""Bank accounts of merchants, and batches of withdrawals that the bank pays."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the accounts, the batches and their lines."""
    op.create_table(
        "alliance_bank_account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("merchant_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("holder_sealed", sa.Text, nullable=False),
        sa.Column("number_sealed", sa.Text, nullable=False),
        sa.Column("last_four", sa.Text, nullable=False),
        sa.Column("bank", sa.Text, nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("merchant_id", "version"),
    )
    op.create_table(
        "wallet_bank_batch",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("prepared_by", sa.Uuid, nullable=False),
        sa.Column("approved_by", sa.Uuid),
        sa.Column("exported_by", sa.Uuid),
        sa.Column("file_hash", sa.LargeBinary),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("exported_at", MOMENT),
        sa.CheckConstraint("approved_by <> prepared_by", name="four_eyes"),
    )
    _create_lines()


def downgrade() -> None:
    """Remove them."""
    op.drop_table("wallet_bank_line")
    op.drop_table("wallet_bank_batch")
    op.drop_table("alliance_bank_account")


def _create_lines() -> None:
    op.create_table(
        "wallet_bank_line",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("batch_id", sa.Uuid, primary_key=True),
        sa.Column("serial", sa.Integer, primary_key=True),
        sa.Column("withdrawal_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("told_by", sa.Uuid),
        sa.Column("return_journal_id", sa.Uuid),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.ForeignKeyConstraint(
            ["bucket", "batch_id"], ["wallet_bank_batch.bucket", "wallet_bank_batch.id"]
        ),
    )
    op.create_index("wallet_bank_line_withdrawal_idx", "wallet_bank_line", ["withdrawal_id"])
    op.create_index(
        "wallet_bank_line_open_idx", "wallet_bank_line", ["batch_id"],
        postgresql_where="state = 'sent'",
    )  # fmt: skip
