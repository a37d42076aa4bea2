"""What staff booked of the platform's money by mistake is reversed once, by one person or two."""

from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None

REVERSAL = """
ALTER TABLE wallet_treasury_booking
    ADD COLUMN reversal_status text
        CHECK (reversal_status IN ('waiting', 'booked', 'refused')),
    ADD COLUMN reversal_reason text,
    ADD COLUMN reversal_asked_by uuid,
    ADD COLUMN reversal_asked_at timestamptz,
    ADD COLUMN reversal_decided_by uuid,
    ADD COLUMN reversal_decided_at timestamptz,
    ADD COLUMN reversal_journal_id uuid,
    ADD CONSTRAINT wallet_treasury_booking_reversed_what_was_booked
        CHECK (reversal_status IS NULL OR status = 'booked'),
    ADD CONSTRAINT wallet_treasury_booking_reversal_asked CHECK (
        (reversal_status IS NULL) = (reversal_asked_by IS NULL)
        AND (reversal_status IS NULL) = (reversal_asked_at IS NULL)
        AND (reversal_status IS NULL) = (reversal_reason IS NULL)
    ),
    ADD CONSTRAINT wallet_treasury_booking_reversal_posted CHECK (
        (reversal_status IS NOT DISTINCT FROM 'booked') = (reversal_journal_id IS NOT NULL)
    ),
    ADD CONSTRAINT wallet_treasury_booking_reversal_by_two
        CHECK (reversal_status <> 'booked' OR reversal_decided_by <> reversal_asked_by);
CREATE INDEX wallet_treasury_booking_reversal_asked_by_idx
    ON wallet_treasury_booking (reversal_asked_by, reversal_asked_at)
    WHERE reversal_asked_by IS NOT NULL;
CREATE INDEX wallet_treasury_booking_reversal_status_idx
    ON wallet_treasury_booking (reversal_status, id) WHERE reversal_status IS NOT NULL;
CREATE UNIQUE INDEX wallet_treasury_booking_reversal_journal_id_idx
    ON wallet_treasury_booking (bucket, reversal_journal_id)
    WHERE reversal_journal_id IS NOT NULL;
"""
COLUMNS = ["status", "reason", "asked_by", "asked_at", "decided_by", "decided_at", "journal_id"]


def upgrade() -> None:
    """Until now a movement was put right by an opposite one that nothing linked to it."""
    op.execute(REVERSAL)


def downgrade() -> None:
    """Forget who asked for a reversal; its journal stays, and the ledger goes on refusing
    another."""
    drops = ", ".join(f"DROP COLUMN reversal_{name}" for name in COLUMNS)
    op.execute(f"ALTER TABLE wallet_treasury_booking {drops}")
