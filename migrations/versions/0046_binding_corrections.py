"""Members dispute who brought them; two of the staff correct a binding."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

DISPUTE, CORRECTION = "members_binding_dispute", "members_binding_correction"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables; what stands in `members_binding` stays as it is."""
    _create_disputes()
    _create_corrections()


def _create_disputes() -> None:
    op.create_table(
        DISPUTE,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("answered_at", MOMENT),
        sa.Column("correction_id", sa.Uuid),
        sa.CheckConstraint(
            "state IN ('open', 'rejected', 'corrected')"
            " AND (state = 'open') = (answered_at IS NULL)",
            name="state",
        ),
    )
    op.create_index(f"{DISPUTE}_member_id_idx", DISPUTE, ["member_id"])
    op.create_index(
        f"{DISPUTE}_open_idx",
        DISPUTE,
        ["member_id"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_index(f"{DISPUTE}_state_idx", DISPUTE, ["state", "id"])


def _create_corrections() -> None:
    op.create_table(
        CORRECTION,
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("dispute_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("recommender_kind", sa.Text, nullable=False),
        sa.Column("recommender_id", sa.Uuid, nullable=False),
        sa.Column("home_store_id", sa.Uuid),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("before", JSONB),
        sa.Column("after", JSONB),
        sa.Column("proposed_by", sa.Uuid, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("decided_at", MOMENT),
        sa.Column("decision_reason", sa.Text),
        sa.CheckConstraint(
            "state IN ('proposed', 'applied', 'declined')"
            " AND (state = 'proposed') = (decided_at IS NULL)"
            " AND (state <> 'applied' OR (decided_by <> proposed_by AND after IS NOT NULL))",
            name="state",
        ),
    )
    op.create_index(
        f"{CORRECTION}_open_idx",
        CORRECTION,
        ["bucket", "member_id"],
        unique=True,
        postgresql_where="state = 'proposed'",
    )
    op.create_index(f"{CORRECTION}_member_idx", CORRECTION, ["member_id", "id"])
    op.create_index(f"{CORRECTION}_state_idx", CORRECTION, ["state", "id"])


def downgrade() -> None:
    """Remove both; bindings that were corrected stay so."""
    op.drop_table(CORRECTION)
    op.drop_table(DISPUTE)
