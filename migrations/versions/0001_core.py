"""Tables of the room `core`: sessions, staff, answered requests, outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the room's tables."""
    _create_sessions()
    _create_staff()
    op.create_table(
        "core_request",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("principal_id", sa.Uuid, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("body", postgresql.JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "core_outbox",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("payload", postgresql.JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failures", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("state in ('waiting', 'dead')", name="state"),
    )
    op.create_index(
        "core_outbox_due_idx", "core_outbox", ["due_at"], postgresql_where="state = 'waiting'"
    )


def _create_sessions() -> None:
    op.create_table(
        "core_session",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False, index=True),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("merchant_id", sa.Uuid),
        sa.Column("store_ids", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False, index=True),
        sa.Column("revoked_at", MOMENT),
    )


def _create_staff() -> None:
    op.create_table(
        "core_staff",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("username", sa.Text, nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("totp_secret", sa.Text, nullable=False),
        sa.Column("totp_used_step", sa.BigInteger, nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("merchant_id", sa.Uuid, index=True),
        sa.Column("store_ids", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the room's tables."""
    for table in ("core_outbox", "core_request", "core_staff", "core_session"):
        op.drop_table(table)
