"""Members invite phone numbers, whose owners confirm."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TABLE = "members_invitation"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the invitations."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("inviter_id", sa.Uuid, nullable=False),
        sa.Column("phone_key", sa.LargeBinary),
        sa.Column("number", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("invitee_id", sa.Uuid),
        sa.CheckConstraint(
            "state IN ('open', 'declined', 'confirmed', 'expired')"
            " AND (state = 'confirmed') = (invitee_id IS NOT NULL)",
            name="state",
        ),
    )
    op.create_index(f"{TABLE}_inviter_idx", TABLE, ["inviter_id", "id"])
    op.create_index(f"{TABLE}_invitee_id_idx", TABLE, ["invitee_id"])
    is_known = "phone_key IS NOT NULL"
    op.create_index(f"{TABLE}_phone_idx", TABLE, ["phone_key"], postgresql_where=is_known)
    op.create_index(f"{TABLE}_due_idx", TABLE, ["expires_at"], postgresql_where=is_known)
    op.create_index(
        f"{TABLE}_one_idx",
        TABLE,
        ["inviter_id", "phone_key"],
        unique=True,
        postgresql_where=is_known,
    )


def downgrade() -> None:
    """Remove the invitations; bindings that came of them stay."""
    op.drop_table(TABLE)
