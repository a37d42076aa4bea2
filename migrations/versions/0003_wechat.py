"""Tables of the room `wechat`."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the room's tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "wechat_notice",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("app_id", sa.Text),
        sa.Column("openid", sa.Text),
        sa.Column("body", sa.Text),
        sa.Column("reply", sa.Text),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("retry_at", moment),
        sa.Column("processed_at", moment),
    )
    partial_indexes = (
        ("wechat_notice_owed_idx", "retry_at", "processed_at IS NULL"),
        ("wechat_notice_kept_idx", "received_at", "body IS NOT NULL"),
        ("wechat_notice_openid_idx", "openid", "openid IS NOT NULL"),
    )
    for name, column, condition in partial_indexes:
        op.create_index(name, "wechat_notice", [column], postgresql_where=sa.text(condition))


def downgrade() -> None:
    """Drop the room's tables."""
    op.drop_table("wechat_notice")
