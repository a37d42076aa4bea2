"""Tables of the room `wallet`."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the room's tables."""
    _create_lots()
    _create_orders()
    _create_top_ups()
    _create_refunds()
    _create_withdrawals()
    _create_suspense()


def _key() -> list[sa.Column]:
    return [
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    ]


def _looks() -> list[sa.Column]:
    return [
        sa.Column("looks", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("next_look_at", MOMENT),
    ]


def _index_looks(table: str) -> None:
    op.create_index(
        f"{table}_look_idx", table, ["next_look_at"], postgresql_where="next_look_at IS NOT NULL"
    )


def _create_lots() -> None:
    op.create_table(
        "wallet_lot",
        *_key(),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("account", sa.SmallInteger, nullable=False),
        sa.Column("store_id", sa.Uuid),
        sa.Column("funder", sa.SmallInteger),
        sa.Column("grant_key", sa.Text),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("sale_cap_bp", sa.SmallInteger),
        sa.Column("sweeps", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("swept_at", MOMENT),
        sa.UniqueConstraint("bucket", "owner_id", "grant_key"),
        sa.CheckConstraint("(store_id IS NULL) <> (funder IS NULL)", name="behind"),
        sa.CheckConstraint("sale_cap_bp BETWEEN 0 AND 10000", name="sale_cap"),
    )
    op.create_index(
        "wallet_lot_expiry_idx",
        "wallet_lot",
        ["expires_at"],
        postgresql_where="expires_at IS NOT NULL AND swept_at IS NULL",
    )


def _create_orders() -> None:
    op.create_table(
        "wallet_order",
        *_key(),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("fee_bp", sa.SmallInteger, nullable=False),
        sa.Column("trade_type", sa.Text, nullable=False),
        sa.Column("app_id", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="open"),
        sa.Column("prepay_reference", sa.Text),
        sa.Column("transaction_id", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        *_looks(),
        sa.UniqueConstraint("bucket", "transaction_id"),
        sa.CheckConstraint("amount_fen > 0 AND fee_bp >= 0", name="amount"),
        sa.CheckConstraint("trade_type IN ('jsapi', 'native')", name="trade_type"),
        sa.CheckConstraint("state IN ('open', 'paid', 'closed', 'suspense')", name="state"),
        sa.CheckConstraint("(state = 'open') = (next_look_at IS NOT NULL)", name="look"),
        sa.CheckConstraint("(state = 'paid') <= (transaction_id IS NOT NULL)", name="paid"),
    )
    _index_looks("wallet_order")


def _create_top_ups() -> None:
    op.create_table(
        "wallet_top_up",
        *_key(),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("store_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("request_key", sa.Text, nullable=False),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("credited_at", MOMENT),
        sa.UniqueConstraint("bucket", "member_id", "request_key"),
        sa.UniqueConstraint("bucket", "order_id"),
        sa.ForeignKeyConstraint(["bucket", "order_id"], ["wallet_order.bucket", "wallet_order.id"]),
        sa.CheckConstraint("(journal_id IS NULL) = (credited_at IS NULL)", name="credited"),
    )


def _create_refunds() -> None:
    op.create_table(
        "wallet_refund",
        *_key(),
        sa.Column("order_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="requested"),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        *_looks(),
        sa.ForeignKeyConstraint(["bucket", "order_id"], ["wallet_order.bucket", "wallet_order.id"]),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint(
            "state IN ('requested', 'processing', 'done', 'troubled')", name="state"
        ),
        sa.CheckConstraint("(state = 'done') = (journal_id IS NOT NULL)", name="done"),
    )
    op.create_index("wallet_refund_order_idx", "wallet_refund", ["bucket", "order_id"])
    op.create_index(
        "wallet_refund_troubled_idx",
        "wallet_refund",
        ["created_at"],
        postgresql_where="state = 'troubled'",
    )
    _index_looks("wallet_refund")


def _create_withdrawals() -> None:
    op.create_table(
        "wallet_withdrawal",
        *_key(),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("bill_number", sa.Text, nullable=False),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("end_journal_id", sa.Uuid),
        sa.Column("reviewer_id", sa.Uuid),
        sa.Column("reason", sa.Text),
        sa.Column("package_info", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.Column("contradictions", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("reviewed_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        *_looks(),
        sa.UniqueConstraint("bucket", "bill_number"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint(
            "state IN ('held', 'reviewing', 'approved', 'sending', 'waiting_confirmation', "
            "'paid', 'returned', 'rejected')",
            name="state",
        ),
        sa.CheckConstraint(
            "(state IN ('paid', 'returned', 'rejected')) = (end_journal_id IS NOT NULL)",
            name="end",
        ),
    )
    _index_looks("wallet_withdrawal")
    _index_withdrawals()


def _index_withdrawals() -> None:
    op.create_index(
        "wallet_withdrawal_open_idx",
        "wallet_withdrawal",
        ["state", "id"],
        postgresql_where="end_journal_id IS NULL OR contradictions > 0",
    )
    op.create_index(
        "wallet_withdrawal_member_idx", "wallet_withdrawal", ["bucket", "member_id", "id"]
    )


def _create_suspense() -> None:
    op.create_table(
        "wallet_suspense",
        *_key(),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("transaction_id", sa.Text, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT),
        sa.UniqueConstraint("bucket", "transaction_id"),
    )


def downgrade() -> None:
    """Drop the room's tables."""
    for table in ("suspense", "withdrawal", "refund", "top_up", "order", "lot"):
        op.drop_table(f"wallet_{table}")
