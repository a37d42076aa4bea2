"""What the platform's funds pay to recipients against receipts, and their closed months."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE wallet_recipient (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    fund text NOT NULL CHECK (fund IN ('charity', 'campaign_fund', 'operations')),
    name text NOT NULL,
    registration_number text NOT NULL,
    purpose text NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    closed_by uuid,
    closed_at timestamptz,
    PRIMARY KEY (bucket, id)
);
CREATE TABLE wallet_receipt (
    bucket smallint NOT NULL,
    hash bytea NOT NULL CHECK (hash = sha256(content)),
    media_type text NOT NULL,
    content bytea NOT NULL,
    handed_in_by uuid NOT NULL,
    handed_in_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, hash)
);
CREATE TABLE wallet_spending (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    fund text NOT NULL CHECK (fund IN ('charity', 'campaign_fund', 'operations')),
    recipient_id uuid NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    purpose text NOT NULL,
    receipt_number text NOT NULL,
    receipt_hash bytea NOT NULL,
    bank_reference text NOT NULL,
    paid_on date NOT NULL,
    status text NOT NULL
        CHECK (status IN ('requested', 'paid', 'rejected', 'undoing', 'undone')),
    requested_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    decided_by uuid CHECK (decided_by <> requested_by),
    decided_at timestamptz,
    journal_id uuid,
    undo_reason text,
    undo_asked_by uuid,
    undo_decided_by uuid CHECK (undo_decided_by <> undo_asked_by),
    undo_journal_id uuid,
    undone_at timestamptz,
    PRIMARY KEY (bucket, id),
    CHECK ((status IN ('paid', 'undoing', 'undone')) = (journal_id IS NOT NULL)),
    CHECK ((status = 'undone') = (undo_journal_id IS NOT NULL)),
    FOREIGN KEY (bucket, recipient_id) REFERENCES wallet_recipient (bucket, id),
    FOREIGN KEY (bucket, receipt_hash) REFERENCES wallet_receipt (bucket, hash)
);
CREATE UNIQUE INDEX wallet_spending_receipt_idx ON wallet_spending (bucket, receipt_hash)
    WHERE status IN ('requested', 'paid', 'undoing');
CREATE UNIQUE INDEX wallet_spending_number_idx
    ON wallet_spending (bucket, recipient_id, receipt_number)
    WHERE status IN ('requested', 'paid', 'undoing');
CREATE UNIQUE INDEX wallet_spending_bank_idx ON wallet_spending (bucket, bank_reference)
    WHERE status IN ('requested', 'paid', 'undoing');
CREATE INDEX wallet_spending_fund_idx ON wallet_spending (bucket, fund, id);
CREATE TABLE wallet_fund_month (
    bucket smallint NOT NULL,
    fund text NOT NULL,
    month date NOT NULL,
    opening_fen bigint NOT NULL,
    in_fen bigint NOT NULL,
    out_fen bigint NOT NULL,
    closing_fen bigint NOT NULL CHECK (closing_fen = opening_fen + in_fen - out_fen),
    closed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, fund, month)
);
"""


def upgrade() -> None:
    """Nothing was spent against receipts before."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove the records; what was spent stays in the ledger."""
    for name in ("wallet_fund_month", "wallet_spending", "wallet_receipt", "wallet_recipient"):
        op.drop_table(name)
