"""Withdrawals of merchants and salespeople, from several accounts, by several channels."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "wallet_withdrawal"
REBATE, AVAILABLE = 12, 20


def upgrade() -> None:
    """Widen the withdrawals; what the code before writes is a member's own rebate to WeChat."""
    for column in _columns():
        op.add_column(TABLE, column)
    op.alter_column(TABLE, "member_id", nullable=True)
    op.create_check_constraint("owner", TABLE, "on_behalf_of IS NOT NULL OR member_id IS NOT NULL")
    op.create_check_constraint(
        "owner_kind",
        TABLE,
        "owner_kind IN ('member', 'merchant', 'salesperson')"
        " AND (owner_kind = 'member') = (on_behalf_of IS NULL)",
    )
    op.create_check_constraint("source", TABLE, f"source IN ({REBATE}, {AVAILABLE})")
    op.create_index("wallet_withdrawal_owner_idx", TABLE, ["bucket", "owner_id", "id"])
    op.create_index("wallet_tax_record_person_idx", "wallet_tax_record", ["member_id", "month"])
    op.add_column("alliance_merchant", sa.Column("licence_number", sa.Text))
    op.add_column(
        "alliance_contact",
        sa.Column("may_withdraw", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def _columns() -> list[sa.Column]:
    return [
        sa.Column("on_behalf_of", sa.Uuid),
        sa.Column(
            "owner_id",
            sa.Uuid,
            sa.Computed("coalesce(on_behalf_of, member_id)", persisted=True),
        ),
        sa.Column("owner_kind", sa.Text, nullable=False, server_default="member"),
        sa.Column("source", sa.SmallInteger, nullable=False, server_default=str(REBATE)),
        sa.Column("channel", sa.Text, nullable=False, server_default="wechat_transfer"),
    ]


def downgrade() -> None:
    """Remove the columns; withdrawals that no member receives forbid it."""
    op.drop_column("alliance_contact", "may_withdraw")
    op.drop_column("alliance_merchant", "licence_number")
    op.drop_index("wallet_tax_record_person_idx", "wallet_tax_record")
    op.drop_index("wallet_withdrawal_owner_idx", TABLE)
    for name in ("source", "owner_kind", "owner"):
        op.drop_constraint(op.f(f"wallet_withdrawal_{name}_check"), TABLE)
    op.alter_column(TABLE, "member_id", nullable=False)
    for column in reversed(_columns()):
        op.drop_column(TABLE, column.name)
