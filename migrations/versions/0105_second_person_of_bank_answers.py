"""What the first of two people told the bank to have said of a line that gives money back."""

from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

CHECKS = {
    "wallet_bank_line_proposal_check": (
        "(proposed_outcome IS NULL) = (proposed_by IS NULL)"
        " AND (proposed_outcome IS NULL) = (proposed_at IS NULL)"
    ),
    "wallet_bank_line_four_eyes_check": "state IN ('sent', 'paid') OR told_by <> proposed_by",
}


def upgrade() -> None:
    """Columns that the code before does not know; checks are validated apart."""
    op.execute(
        "ALTER TABLE wallet_bank_line"
        " ADD COLUMN proposed_outcome text, ADD COLUMN proposed_reason text,"
        " ADD COLUMN proposed_by uuid, ADD COLUMN proposed_at timestamptz"
    )
    for name, check in CHECKS.items():
        op.execute(f"ALTER TABLE wallet_bank_line ADD CONSTRAINT {name} CHECK ({check}) NOT VALID")
        op.execute(f"ALTER TABLE wallet_bank_line VALIDATE CONSTRAINT {name}")
    op.execute(
        "CREATE INDEX wallet_bank_line_pending_idx ON wallet_bank_line (batch_id)"
        " WHERE proposed_outcome IS NOT NULL AND state IN ('sent', 'paid')"
    )


def downgrade() -> None:
    """What waits for its second person is told anew."""
    op.execute("DROP INDEX wallet_bank_line_pending_idx")
    for name in CHECKS:
        op.execute(f"ALTER TABLE wallet_bank_line DROP CONSTRAINT {name}")
    op.execute(
        "ALTER TABLE wallet_bank_line DROP COLUMN proposed_outcome, DROP COLUMN proposed_reason,"
        " DROP COLUMN proposed_by, DROP COLUMN proposed_at"
    )
