"""Consents to subscription messages, what members do not want to be told, and notices' links."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = "'queued', 'sending', 'sent', 'delivered', 'blocked', 'failed', 'unreachable', 'unknown'"
DOORS = "'reply', 'customer_service', 'template'"
MORE_DOORS = f"{DOORS}, 'subscription', 'mini_subscription'"


def upgrade() -> None:
    """Create the tables, and allow what the code before does not write."""
    op.create_table(
        "notices_preference",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("is_wanted", sa.Boolean, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "notices_subscription",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("app_id", sa.Text, primary_key=True),
        sa.Column("template_id", sa.Text, primary_key=True),
        sa.Column("remaining", sa.Integer),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("remaining >= 0", name="remaining"),
    )
    op.add_column("notices_notice", sa.Column("link", sa.Text))
    _allow(f"{STATES}, 'skipped'", MORE_DOORS)


def downgrade() -> None:
    """Drop the tables; notices that the code before would not know become failed."""
    op.execute("UPDATE notices_notice SET state = 'failed' WHERE state = 'skipped'")
    op.execute("UPDATE notices_notice SET door = 'template' WHERE door LIKE '%subscription'")
    _allow(STATES, DOORS)
    op.drop_column("notices_notice", "link")
    op.drop_table("notices_subscription")
    op.drop_table("notices_preference")


def _allow(states: str, doors: str) -> None:
    for name, allowed in (("state", states), ("door", doors)):
        full_name = f"notices_notice_{name}_check"
        op.execute(f"ALTER TABLE notices_notice DROP CONSTRAINT {full_name}")
        op.execute(
            f"ALTER TABLE notices_notice ADD CONSTRAINT {full_name} CHECK ({name} in ({allowed}))"
        )
