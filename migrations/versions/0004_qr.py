"""Tables of the room `qr`."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the room's tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "qr_code",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("issued_by", sa.Uuid),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("ticket", sa.Text),
        sa.Column("ticket_url", sa.Text),
        sa.Column("ticket_expires_at", moment),
    )
    op.create_index("qr_code_subject_idx", "qr_code", ["subject_id"])


def downgrade() -> None:
    """Drop the room's tables."""
    op.drop_table("qr_code")
