"""Tables of the room `members`."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the room's tables."""
    op.create_table(
        "members_member",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("state_at", MOMENT),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.Column("joined_by", sa.Text, nullable=False),
        sa.Column("merged_into", sa.Uuid),
        sa.Column("same_person_as", sa.Uuid),
        sa.CheckConstraint("state in ('not_following', 'following', 'unfollowed')", name="state"),
        sa.CheckConstraint("merged_into <> id and same_person_as <> id", name="other"),
    )
    _create_identities()
    _create_bindings()


def _create_identities() -> None:
    op.create_table(
        "members_identity",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("app_id", sa.Text, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("openid", sa.Text),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT),
    )
    op.create_index("members_identity_member_id_idx", "members_identity", ["member_id"])
    op.create_index(
        "members_identity_unasked_idx",
        "members_identity",
        ["linked_at"],
        postgresql_where="asked_at IS NULL AND openid IS NOT NULL",
    )
    op.create_table(
        "members_union",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False, index=True),
        sa.Column("linked_at", MOMENT, nullable=False),
    )


def _create_bindings() -> None:
    op.create_table(
        "members_binding",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("recommender_kind", sa.Text, nullable=False),
        sa.Column("recommender_bucket", sa.SmallInteger, nullable=False),
        sa.Column("recommender_id", sa.Uuid, nullable=False),
        sa.Column("home_store_id", sa.Uuid),
        sa.Column("home_store_at", MOMENT),
        sa.Column("scene", sa.Text),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["bucket", "member_id"], ["members_member.bucket", "members_member.id"]
        ),
        sa.CheckConstraint(
            "recommender_kind in ('platform', 'salesperson', 'member', 'merchant')", name="kind"
        ),
        sa.CheckConstraint("recommender_id <> member_id", name="not_oneself"),
        sa.CheckConstraint("(home_store_id is null) = (home_store_at is null)", name="home_store"),
    )
    op.create_index(
        "members_binding_recommender_id_idx", "members_binding", ["recommender_id", "bound_at"]
    )


def downgrade() -> None:
    """Drop the room's tables."""
    for table in ("members_binding", "members_union", "members_identity", "members_member"):
        op.drop_table(table)
