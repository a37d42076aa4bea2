"""Decisions about work that failed too often stay, whatever becomes of the work."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

NOW_DROPPED = """
INSERT INTO core_dead_letter_decision
    (bucket, id, letter_id, reader, decision, decided_by, decided_at, reason, last_error)
SELECT bucket, id, id, reader, 'drop', decided_by, decided_at, reason, last_error
FROM core_outbox WHERE state = 'dropped' AND decided_by IS NOT NULL
"""
# What was stored before may hold contents of a refused row; its first line does not.
FIRST_LINES = """
UPDATE core_outbox SET last_error = split_part(last_error, E'\\n', 1)
WHERE last_error LIKE E'%\\n%'
"""


def upgrade() -> None:
    """Create the decisions with those known, and take contents of rows out of stored errors."""
    op.create_table(
        "core_dead_letter_decision",
        sa.Column("bucket", sa.SmallInteger, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("letter_id", sa.Uuid, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Uuid, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("last_error", sa.Text),
        sa.CheckConstraint("decision IN ('retry', 'drop')", name="decision"),
        sa.CheckConstraint("decision <> 'drop' OR reason IS NOT NULL", name="reason"),
    )
    op.create_index(
        "core_dead_letter_decision_letter_idx", "core_dead_letter_decision", ["letter_id"]
    )
    op.execute(FIRST_LINES)
    op.execute(NOW_DROPPED)


def downgrade() -> None:
    """Take the decisions away; the newest one of each letter stays with it."""
    op.drop_table("core_dead_letter_decision")
