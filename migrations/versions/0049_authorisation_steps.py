"""What the operator decides about recommenders, step by step."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

TABLE = "members_authorisation_step"


def upgrade() -> None:
    """Create the steps; whoever is switched off already gets one that says so."""
    op.create_table(
        TABLE,
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("recommender_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Uuid, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('member', 'salesperson')", name="kind"),
        sa.CheckConstraint("state IN ('authorised', 'suspended', 'revoked')", name="state"),
    )
    op.execute(
        f"INSERT INTO {TABLE} SELECT bucket, id, 1, 'salesperson', 'revoked',"
        " 'switched off before authorisations were recorded',"
        " '01890000-0000-7000-8000-000000000400', now()"
        " FROM alliance_salesperson WHERE NOT is_active"
    )


def downgrade() -> None:
    """Remove the steps; salespeople stay switched on or off."""
    op.drop_table(TABLE)
