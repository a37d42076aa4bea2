"""Staff accounts: a second factor being set up, passwords to be changed, resets."""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add columns and the table of resets."""
    op.add_column("core_staff", sa.Column("totp_next", sa.Text))
    op.add_column(
        "core_staff",
        sa.Column("must_change_password", sa.Boolean, nullable=False, server_default="false"),
    )
    op.create_table(
        "core_staff_reset",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", MOMENT),
        sa.Column("note", sa.Text),
        sa.CheckConstraint("kind IN ('password', 'second_factor')", name="kind"),
        sa.CheckConstraint("state IN ('open', 'done', 'declined')", name="state"),
    )
    op.create_index("core_staff_reset_staff_id_idx", "core_staff_reset", ["staff_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("core_staff_reset")
    op.drop_column("core_staff", "must_change_password")
    op.drop_column("core_staff", "totp_next")
