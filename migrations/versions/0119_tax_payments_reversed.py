"""A payment to the tax office is a booking of the platform's money, and is reversed once."""

from alembic import op

revision = "0119"
down_revision = "0118"
branch_labels = None
depends_on = None

# What was booked before, by one person, under the receipt that its journal's key names.
UPGRADE = """
ALTER TABLE wallet_treasury_booking
    ADD COLUMN receipt text,
    DROP CONSTRAINT wallet_treasury_booking_kind_check,
    ADD CONSTRAINT wallet_treasury_booking_kind_check
        CHECK (kind IN ('paid_in', 'moved', 'tax_paid')),
    ADD CONSTRAINT wallet_treasury_booking_receipt_of_tax
        CHECK ((kind = 'tax_paid') = (receipt IS NOT NULL));
INSERT INTO wallet_treasury_booking
    (bucket, id, kind, origin, target, amount_fen, status, requested_by, created_at, journal_id,
     receipt)
SELECT paid.bucket, journal.id, 'tax_paid', 'bank_custody', 'tax_withheld', -entry.amount_fen,
    'booked', journal.principal_id, paid.paid_at, journal.id, paid.receipt
FROM wallet_tax_payment AS paid
JOIN ledger_journal AS journal ON journal.bucket = paid.bucket
    AND journal.kind = 'tax_paid' AND journal.key = 'tax_paid:' || paid.receipt
JOIN ledger_entry AS entry ON entry.bucket = journal.bucket AND entry.journal_id = journal.id
    AND entry.account = 114;
CREATE UNIQUE INDEX wallet_treasury_booking_receipt_idx
    ON wallet_treasury_booking (bucket, receipt)
    WHERE receipt IS NOT NULL AND status <> 'refused'
    AND reversal_status IS DISTINCT FROM 'booked';
CREATE INDEX wallet_treasury_booking_kind_idx ON wallet_treasury_booking (kind, id);
DROP TABLE wallet_tax_payment;
"""
DOWNGRADE = """
CREATE TABLE wallet_tax_payment (
    bucket smallint NOT NULL,
    receipt text NOT NULL,
    paid_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, receipt)
);
INSERT INTO wallet_tax_payment (bucket, receipt, paid_at)
SELECT bucket, receipt, created_at FROM wallet_treasury_booking
WHERE kind = 'tax_paid' AND status = 'booked' AND reversal_status IS DISTINCT FROM 'booked';
DELETE FROM wallet_treasury_booking WHERE kind = 'tax_paid';
ALTER TABLE wallet_treasury_booking
    DROP COLUMN receipt,
    DROP CONSTRAINT wallet_treasury_booking_kind_check,
    ADD CONSTRAINT wallet_treasury_booking_kind_check CHECK (kind IN ('paid_in', 'moved'));
DROP INDEX wallet_treasury_booking_kind_idx;
"""


def upgrade() -> None:
    """Its receipt stood in a table of its own, which nothing took a receipt out of again."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Keep the receipts of what stands; the journals of all stay, with who posted them."""
    op.execute(DOWNGRADE)
