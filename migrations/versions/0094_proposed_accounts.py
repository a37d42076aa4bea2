"""Bank accounts that finance proposes, and the account that a bank batch's line was agreed for."""

from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lines of before have no mark: what of them is not in a file yet waits for another batch."""
    op.execute(
        """
        ALTER TABLE alliance_bank_account_proposal
            ALTER COLUMN application_version_id DROP NOT NULL,
            ADD COLUMN holder_sealed text,
            ADD COLUMN number_sealed text,
            ADD COLUMN last_four text,
            ADD COLUMN bank text,
            ADD CONSTRAINT alliance_bank_account_proposal_whole CHECK (
                (application_version_id IS NULL) =
                (holder_sealed IS NOT NULL AND number_sealed IS NOT NULL
                 AND last_four IS NOT NULL AND bank IS NOT NULL));
        ALTER TABLE wallet_bank_line
            ADD COLUMN account_mark bytea,
            ADD COLUMN account_last_four text,
            ADD COLUMN account_since timestamptz;
        """
    )


def downgrade() -> None:
    """Forget what finance proposed; accounts that were confirmed stay."""
    op.execute(
        """
        ALTER TABLE wallet_bank_line
            DROP COLUMN account_mark, DROP COLUMN account_last_four, DROP COLUMN account_since;
        DELETE FROM alliance_bank_account_proposal WHERE application_version_id IS NULL;
        ALTER TABLE alliance_bank_account_proposal
            DROP CONSTRAINT alliance_bank_account_proposal_whole,
            DROP COLUMN holder_sealed, DROP COLUMN number_sealed,
            DROP COLUMN last_four, DROP COLUMN bank,
            ALTER COLUMN application_version_id SET NOT NULL;
        """
    )
