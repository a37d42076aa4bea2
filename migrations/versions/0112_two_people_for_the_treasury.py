"""What staff book of the platform's money, by one person or two; who closed what on a day."""

from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

BOOKING = """
CREATE TABLE wallet_treasury_booking (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('paid_in', 'moved')),
    origin text NOT NULL,
    target text NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    status text NOT NULL CHECK (status IN ('waiting', 'booked', 'refused')),
    requested_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    journal_id uuid,
    PRIMARY KEY (bucket, id),
    CHECK ((status = 'booked') = (journal_id IS NOT NULL)),
    CHECK (status <> 'booked' OR decided_by <> requested_by)
);
CREATE INDEX wallet_treasury_booking_requested_by_idx
    ON wallet_treasury_booking (requested_by, created_at);
CREATE INDEX wallet_treasury_booking_status_idx ON wallet_treasury_booking (status, id);
CREATE INDEX wallet_reconciliation_step_principal_id_idx
    ON wallet_reconciliation_step (principal_id, at);
CREATE INDEX wallet_suspense_step_principal_id_idx ON wallet_suspense_step (principal_id, at);
"""


def upgrade() -> None:
    """What was booked before has no row: nobody's day is counted from it."""
    op.execute(BOOKING)


def downgrade() -> None:
    op.execute(
        "DROP TABLE wallet_treasury_booking;"
        " DROP INDEX wallet_reconciliation_step_principal_id_idx;"
        " DROP INDEX wallet_suspense_step_principal_id_idx"
    )
