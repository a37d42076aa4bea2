"""Tickets of members, and what is said in them."""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE notices_ticket (
    id uuid PRIMARY KEY,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid,
    state text NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
    assigned_to uuid,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    closed_at timestamptz,
    reopened smallint NOT NULL,
    rating smallint CHECK (rating BETWEEN 1 AND 5),
    rated_at timestamptz,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX notices_ticket_member_idx ON notices_ticket (member_id, id);
CREATE INDEX notices_ticket_inbox_idx ON notices_ticket (state, changed_at, id);
CREATE TABLE notices_ticket_message (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES notices_ticket (id),
    member_id uuid NOT NULL,
    author text NOT NULL CHECK (author IN ('member', 'staff')),
    staff_id uuid,
    is_internal boolean NOT NULL,
    step text NOT NULL,
    words text,
    at timestamptz NOT NULL,
    CHECK ((author = 'staff') = (staff_id IS NOT NULL)),
    CHECK (author = 'staff' OR NOT is_internal)
);
CREATE INDEX notices_ticket_message_ticket_idx ON notices_ticket_message (ticket_id, id);
CREATE INDEX notices_ticket_message_member_idx ON notices_ticket_message (member_id, id);
"""


def upgrade() -> None:
    """Nobody could ask here before."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove tickets with every word."""
    op.drop_table("notices_ticket_message")
    op.drop_table("notices_ticket")
