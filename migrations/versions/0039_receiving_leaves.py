"""Leave to be paid without confirming each withdrawal."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "wallet_receiving_leave"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the leaves; withdrawals sent before were confirmed one by one."""
    op.create_table(
        TABLE,
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("scene", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("package_info", sa.Text),
        sa.Column("is_given_up", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("close_reason", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("given_at", MOMENT),
        sa.Column("closed_at", MOMENT),
        sa.Column("looks", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("next_look_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('asking', 'waiting', 'in_effect', 'closed')"
            " AND (state = 'closed') = (closed_at IS NOT NULL)",
            name="state",
        ),
    )
    is_open = "state <> 'closed'"
    op.create_index(
        "wallet_receiving_leave_open_idx",
        TABLE,
        ["bucket", "member_id"],
        unique=True,
        postgresql_where=is_open,
    )
    op.create_index(
        "wallet_receiving_leave_look_idx",
        TABLE,
        ["next_look_at"],
        postgresql_where="next_look_at IS NOT NULL",
    )
    op.add_column("wallet_withdrawal", sa.Column("leave_number", sa.Text))


def downgrade() -> None:
    """Remove the leaves."""
    op.drop_column("wallet_withdrawal", "leave_number")
    op.drop_table(TABLE)
