"""Who saw whose personal data in clear."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLE = "members_reveal"
REFUSE = """
CREATE FUNCTION members_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is written once', TG_TABLE_NAME;
END
$$
"""


def upgrade() -> None:
    """Create the record, which nobody changes."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False, index=True),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(f"{TABLE}_staff_idx", TABLE, ["staff_id", "revealed_at"])
    op.execute(REFUSE)
    op.execute(
        f"CREATE TRIGGER {TABLE}_immutable BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION members_refuse_change()"
    )


def downgrade() -> None:
    """Remove the record."""
    op.drop_table(TABLE)
    op.execute("DROP FUNCTION members_refuse_change()")
