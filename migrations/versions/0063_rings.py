"""What ring detection finds, and what people make of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

RING, STEP = "alliance_ring", "alliance_ring_step"
MOMENT = sa.DateTime(timezone=True)
STATES = "state IN ('open', 'cleared', 'confirmed')"


def upgrade() -> None:
    """Create findings and decisions; let recent bindings be found without reading all."""
    op.create_table(
        RING,
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("parties", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("sentence_en", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.CheckConstraint(STATES, name="state"),
    )
    _create_indexes()
    op.create_table(
        STEP,
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("ring_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.SmallInteger, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Uuid, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.CheckConstraint(STATES, name="state"),
    )
    op.execute("CREATE INDEX members_binding_bound_at_idx ON members_binding USING brin (bound_at)")


def _create_indexes() -> None:
    op.create_index(
        f"{RING}_open_idx",
        RING,
        ["bucket", "rule", "subject_id"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_index(f"{RING}_state_idx", RING, ["state", "id"])
    op.create_index(f"{RING}_subject_idx", RING, ["subject_id"])
    op.create_index(
        f"{RING}_parties_idx",
        RING,
        ["parties"],
        postgresql_using="gin",
        postgresql_where="state = 'confirmed'",
    )


def downgrade() -> None:
    """Remove findings and decisions."""
    op.execute("DROP INDEX members_binding_bound_at_idx")
    op.drop_table(STEP)
    op.drop_table(RING)
