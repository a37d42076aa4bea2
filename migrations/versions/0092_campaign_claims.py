"""What receivers owe back to campaigns is a claim until it is paid, and no money of the pot."""

from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was owed back before counts as paid: the pots have it already."""
    op.execute(
        """
        INSERT INTO ledger_account_kind
            (code, name, append_only, uses_lots, floor_fen, ceiling_fen, floor_per_owner)
        VALUES (25, 'campaign_claim', false, false, 0, NULL, false);
        ALTER TABLE benefits_grant
            ADD COLUMN claimed_fen bigint NOT NULL DEFAULT 0 CHECK (claimed_fen >= 0);
        CREATE INDEX benefits_grant_claimed_idx ON benefits_grant (owner_id)
            WHERE claimed_fen > 0;
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX benefits_grant_claimed_idx")
    op.execute("ALTER TABLE benefits_grant DROP COLUMN claimed_fen")
    op.execute("DELETE FROM ledger_account_kind WHERE code = 25")
