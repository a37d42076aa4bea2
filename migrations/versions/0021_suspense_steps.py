"""What people do with money in suspense."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLE = "wallet_suspense_step"


def upgrade() -> None:
    """Create the steps; until now nothing could end an item."""
    op.create_table(
        TABLE,
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("item_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("principal_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("refund_id", sa.Uuid),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket", "item_id"], ["wallet_suspense.bucket", "wallet_suspense.id"]
        ),
    )
    op.create_index(
        f"{TABLE}_refund_idx", TABLE, ["refund_id"], postgresql_where="refund_id IS NOT NULL"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_immutable BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change()"
    )


def downgrade() -> None:
    """Remove the steps."""
    op.drop_table(TABLE)
