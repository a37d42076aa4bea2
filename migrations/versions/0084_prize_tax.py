"""Tax withheld from prizes when they are paid, for finance's list of a month."""

from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE wallet_prize_tax (
    bucket smallint NOT NULL,
    journal_id uuid NOT NULL,
    grant_id uuid NOT NULL,
    member_id uuid NOT NULL,
    month date NOT NULL,
    taxable_fen bigint NOT NULL,
    tax_fen bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, journal_id)
);
CREATE INDEX wallet_prize_tax_month_idx ON wallet_prize_tax (month, journal_id);
CREATE INDEX wallet_prize_tax_member_idx ON wallet_prize_tax (member_id);
"""


def upgrade() -> None:
    """No prize was taxed before there were lotteries."""
    op.execute(TABLE)


def downgrade() -> None:
    """What was withheld stays in the ledger and in the grants."""
    op.execute("DROP TABLE wallet_prize_tax")
