"""What of a supplier's debt came from its deposit, and what of it sellers' statements show."""

from alembic import op

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None

LINE = "alliance_settlement_line"
KINDS = (
    "'sale', 'refund', 'experience', 'experience_refund', 'advance', 'supply', 'supplied',"
    " 'supply_returned', 'supply_recovered'"
)
NEW = "'supply_secured', 'supply_repaid'"

# What was paid back before is a line of the seller's next statement.
MARKS = """
ALTER TABLE alliance_supply_return
    ADD COLUMN from_deposit_fen bigint NOT NULL DEFAULT 0 CHECK (from_deposit_fen >= 0),
    ADD COLUMN stated_deposit_fen bigint NOT NULL DEFAULT 0 CHECK (stated_deposit_fen >= 0),
    ADD COLUMN repaid_stated_fen bigint NOT NULL DEFAULT 0 CHECK (repaid_stated_fen >= 0),
    ADD CHECK (from_deposit_fen <= recovered_fen),
    ADD CHECK (stated_deposit_fen <= from_deposit_fen),
    ADD CHECK (repaid_stated_fen <= recovered_fen);
CREATE INDEX alliance_supply_return_repaid_idx ON alliance_supply_return (merchant_id)
    WHERE recovered_fen > repaid_stated_fen;
"""


def _let_lines_be(kinds: str) -> None:
    op.execute(f"ALTER TABLE {LINE} DROP CONSTRAINT {LINE}_kind_check")
    op.execute(f"ALTER TABLE {LINE} ADD CHECK (kind IN ({kinds}))")


def upgrade() -> None:
    """Until now no statement told a seller what its suppliers paid back."""
    op.execute(MARKS)
    _let_lines_be(f"{KINDS}, {NEW}")


def downgrade() -> None:
    """Forget it; fails where a statement has a line of it."""
    _let_lines_be(KINDS)
    op.execute("DROP INDEX alliance_supply_return_repaid_idx")
    for name in ("repaid_stated_fen", "stated_deposit_fen", "from_deposit_fen"):
        op.drop_column("alliance_supply_return", name)
