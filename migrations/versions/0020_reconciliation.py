"""WeChat Pay's bills, compared with the books."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "wallet_reconciliation_step",
    "wallet_reconciliation_line",
    "wallet_reconciliation",
)
FINISHED = ("wallet_order", "wallet_refund", "wallet_withdrawal")
REFUSE = """
CREATE FUNCTION wallet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is immutable', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    """Create the tables; none of their rows is ever changed."""
    _create_runs()
    _create_lines()
    _create_steps()
    op.execute(REFUSE)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change()"
        )
    for table in FINISHED:
        op.create_index(
            f"{table}_finished_idx",
            table,
            ["finished_at"],
            postgresql_where="finished_at IS NOT NULL",
        )
    op.create_index("wallet_suspense_transaction_idx", "wallet_suspense", ["transaction_id"])


def _key(name: str) -> list[sa.Column]:
    return [
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column(name, sa.Uuid, primary_key=True),
    ]


def _create_runs() -> None:
    op.create_table(
        "wallet_reconciliation",
        *_key("id"),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("bill", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("matched", sa.Integer, nullable=False),
        sa.Column("their_closing_fen", sa.BigInteger),
        sa.Column("our_closing_fen", sa.BigInteger),
        sa.Column("in_transit_fen", sa.BigInteger),
        sa.Column("carried_fen", sa.BigInteger),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("bucket", "day", "bill"),
        sa.CheckConstraint("bill IN ('trade', 'basic', 'operation', 'fees')", name="bill"),
        sa.CheckConstraint("source IN ('wechat', 'file')", name="source"),
    )


def _create_lines() -> None:
    op.create_table(
        "wallet_reconciliation_line",
        *_key("id"),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("bill", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("place", sa.Integer),
        sa.Column("at", MOMENT),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("reference", "wechat_number", "description", "result")
        ),
        sa.Column("their_fen", sa.BigInteger),
        sa.Column("our_fen", sa.BigInteger),
        sa.Column("their_state", sa.Text),
        sa.Column("our_state", sa.Text),
        sa.Column("record_kind", sa.Text),
        sa.Column("record_id", sa.Uuid),
        sa.Column("booked_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["bucket", "run_id"], ["wallet_reconciliation.bucket", "wallet_reconciliation.id"]
        ),
        sa.CheckConstraint(
            "result IN ('matched', 'missing_here', 'missing_there', 'amount_differs', "
            "'state_differs')",
            name="result",
        ),
        sa.CheckConstraint("(result = 'missing_there') = (their_fen IS NULL)", name="theirs"),
    )
    table = "wallet_reconciliation_line"
    op.create_index(f"{table}_run_idx", table, ["bucket", "run_id", "id"])
    op.create_index(f"{table}_record_idx", table, ["record_id"])
    op.create_index(f"{table}_reference_idx", table, ["reference"])
    op.create_index(
        f"{table}_differs_idx", table, ["bucket", "id"], postgresql_where="result <> 'matched'"
    )


def _create_steps() -> None:
    op.create_table(
        "wallet_reconciliation_step",
        *_key("line_id"),
        sa.Column("number", sa.SmallInteger, primary_key=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("principal_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("is_final", sa.Boolean, nullable=False),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("effective_at", MOMENT),
        sa.Column("record_id", sa.Uuid),
        sa.Column("our_fen", sa.BigInteger),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket", "line_id"],
            ["wallet_reconciliation_line.bucket", "wallet_reconciliation_line.id"],
        ),
        sa.CheckConstraint("journal_id IS NULL OR effective_at IS NOT NULL", name="booked"),
    )
    op.create_index(
        "wallet_reconciliation_step_final_idx",
        "wallet_reconciliation_step",
        ["bucket", "line_id"],
        unique=True,
        postgresql_where="is_final",
    )
    op.create_index(
        "wallet_reconciliation_step_record_idx",
        "wallet_reconciliation_step",
        ["record_id"],
        postgresql_where="record_id IS NOT NULL",
    )


def downgrade() -> None:
    """Remove the tables with what was found."""
    op.drop_index("wallet_suspense_transaction_idx", "wallet_suspense")
    for table in reversed(FINISHED):
        op.drop_index(f"{table}_finished_idx", table)
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION wallet_refuse_change()")
