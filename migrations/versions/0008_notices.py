"""Tables of the room `notices`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = "'queued', 'sending', 'sent', 'delivered', 'blocked', 'failed', 'unreachable', 'unknown'"


def upgrade() -> None:
    """Create the room's tables."""
    _create_notices()
    op.create_table(
        "notices_window",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("trigger", sa.Text, primary_key=True),
        sa.Column("remaining", sa.Integer),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.CheckConstraint("remaining >= 0", name="remaining"),
    )
    op.create_table(
        "notices_delivery",
        sa.Column("wechat_message_id", sa.Text, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False, index=True),
    )


def _create_notices() -> None:
    op.create_table(
        "notices_notice",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fields", postgresql.JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("door", sa.Text),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("unsure_since", MOMENT),
        sa.Column("error_code", sa.Text),
        sa.Column("wechat_message_id", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("bucket", "event", "member_id", "kind"),
        sa.CheckConstraint(f"state in ({STATES})", name="state"),
        sa.CheckConstraint("door in ('reply', 'customer_service', 'template')", name="door"),
    )
    op.create_index("notices_notice_member_id_idx", "notices_notice", ["bucket", "member_id", "id"])
    op.create_index("notices_notice_state_idx", "notices_notice", ["state", "id"])
    op.create_index(
        "notices_notice_wechat_message_id_idx",
        "notices_notice",
        ["wechat_message_id"],
        postgresql_where="wechat_message_id IS NOT NULL",
    )


def downgrade() -> None:
    """Drop the room's tables."""
    for table in ("notices_delivery", "notices_window", "notices_notice"):
        op.drop_table(table)
