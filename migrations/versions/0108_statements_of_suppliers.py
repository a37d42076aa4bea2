"""What a supplier was paid, gave back and still owed, as lines of its own statements."""

from alembic import op

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None

LINE = "alliance_settlement_line"
KINDS = "'sale', 'refund', 'experience', 'experience_refund', 'advance', 'supply'"
SUPPLIERS = "'supplied', 'supply_returned', 'supply_recovered'"

# What was before is a line of the supplier's next statement. `stated_fen` of what was recovered is
# in statements, so that what the previous code recovers meanwhile is not lost to them.
MARKS = """
ALTER TABLE alliance_supply_payment ADD COLUMN supplier_settlement_id uuid;
ALTER TABLE alliance_supply_return
    ADD COLUMN settlement_id uuid,
    ADD COLUMN stated_fen bigint NOT NULL DEFAULT 0 CHECK (stated_fen >= 0),
    ADD COLUMN recovery_id uuid,
    ADD COLUMN recovered_at timestamptz,
    ADD CHECK (stated_fen <= recovered_fen);
CREATE INDEX alliance_supply_payment_unstated_idx ON alliance_supply_payment (supplier_id)
    WHERE supplier_settlement_id IS NULL;
CREATE INDEX alliance_supply_return_unstated_idx ON alliance_supply_return (supplier_id)
    WHERE settlement_id IS NULL OR recovered_fen > stated_fen;
ALTER TABLE alliance_settlement
    ADD COLUMN supply_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN opening_supply_owed_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN supply_owed_fen bigint NOT NULL DEFAULT 0;
ALTER TABLE alliance_settlement_line ADD COLUMN supply_fen bigint NOT NULL DEFAULT 0;
"""


def _let_lines_be(kinds: str) -> None:
    op.execute(f"ALTER TABLE {LINE} DROP CONSTRAINT {LINE}_kind_check")
    op.execute(f"ALTER TABLE {LINE} ADD CHECK (kind IN ({kinds}))")


def upgrade() -> None:
    """Until now no statement said what a supplier got."""
    op.execute(MARKS)
    _let_lines_be(f"{KINDS}, {SUPPLIERS}")


def downgrade() -> None:
    """Forget what statements say of supplies; fails where one has a line of them."""
    _let_lines_be(KINDS)
    op.drop_column(LINE, "supply_fen")
    for name in ("supply_fen", "opening_supply_owed_fen", "supply_owed_fen"):
        op.drop_column("alliance_settlement", name)
    op.execute("DROP INDEX alliance_supply_return_unstated_idx")
    op.execute("DROP INDEX alliance_supply_payment_unstated_idx")
    for name in ("recovered_at", "recovery_id", "stated_fen", "settlement_id"):
        op.drop_column("alliance_supply_return", name)
    op.drop_column("alliance_supply_payment", "supplier_settlement_id")
