"""Members' wishes to be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLE = "members_deletion"


def upgrade() -> None:
    """Create the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("delayed_at", moment),
        sa.Column("ended_at", moment),
    )
    is_open = sa.text("state = 'asked'")
    op.create_index(f"{TABLE}_due_idx", TABLE, ["due_at"], postgresql_where=is_open)
    op.create_index(
        f"{TABLE}_open_idx", TABLE, ["member_id"], unique=True, postgresql_where=is_open
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table(TABLE)
