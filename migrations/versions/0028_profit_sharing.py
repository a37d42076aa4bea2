"""Shared payments: what is frozen of them, how it is split, and what comes back."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = "next_look_at IS NOT NULL"


def upgrade() -> None:
    """Add the account, the marks of orders and refunds, and the tables of splits."""
    op.execute(
        "INSERT INTO ledger_account_kind"
        " (code, name, append_only, uses_lots, floor_fen, ceiling_fen, floor_per_owner)"
        " VALUES (213, 'wechat_frozen', true, false, NULL, NULL, false)"
    )
    op.add_column(
        "wallet_order", sa.Column("is_shared", sa.Boolean, nullable=False, server_default="false")
    )
    op.add_column("wallet_order", sa.Column("released_at", MOMENT))
    op.add_column(
        "wallet_refund",
        sa.Column("from_frozen_fen", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_index(
        "wallet_order_frozen_idx", "wallet_order", ["finished_at"],
        postgresql_where="is_shared AND released_at IS NULL AND state = 'paid'",
    )  # fmt: skip
    _create_splits()
    _create_returns()


def downgrade() -> None:
    """Remove them; fails where money was frozen, for that cannot be undone."""
    op.drop_table("wallet_split_return")
    op.drop_table("wallet_split")
    op.drop_index("wallet_order_frozen_idx", "wallet_order")
    op.drop_column("wallet_refund", "from_frozen_fen")
    op.drop_column("wallet_order", "released_at")
    op.drop_column("wallet_order", "is_shared")
    op.execute("DELETE FROM ledger_account_kind WHERE code = 213")


def _create_splits() -> None:
    op.create_table(
        "wallet_split",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Uuid),
        sa.Column("subject_id", sa.Uuid),
        sa.Column("receiver_account", sa.Text),
        sa.Column("receiver_member_id", sa.Uuid),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("is_automatic", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("fail_reason", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("end_journal_id", sa.Uuid),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decision", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("looks", sa.SmallInteger, nullable=False),
        sa.Column("next_look_at", MOMENT),
        sa.CheckConstraint("amount_fen >= 0", name="amount"),
        sa.CheckConstraint("(kind = 'split') = (owner_id IS NOT NULL)", name="owner"),
        sa.ForeignKeyConstraint(["bucket", "order_id"], ["wallet_order.bucket", "wallet_order.id"]),
    )
    op.create_index("wallet_split_order_idx", "wallet_split", ["bucket", "order_id"])
    op.create_index("wallet_split_subject_idx", "wallet_split", ["subject_id"])
    op.create_index(
        "wallet_split_open_idx", "wallet_split", ["next_look_at"], postgresql_where=OPEN
    )
    op.create_index(
        "wallet_split_one_release", "wallet_split", ["bucket", "order_id"], unique=True,
        postgresql_where="kind = 'release' AND state <> 'failed'",
    )  # fmt: skip


def _create_returns() -> None:
    name = "wallet_split_return"
    op.create_table(
        name,
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("split_id", sa.Uuid, nullable=False),
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("fail_reason", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("looks", sa.SmallInteger, nullable=False),
        sa.Column("next_look_at", MOMENT),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.ForeignKeyConstraint(["bucket", "split_id"], ["wallet_split.bucket", "wallet_split.id"]),
    )
    op.create_index(f"{name}_split_idx", name, ["bucket", "split_id"])
    op.create_index(f"{name}_open_idx", name, ["next_look_at"], postgresql_where=OPEN)
