"""Closings of business days: what each bucket moved, and what all held together."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE ledger_closing (
    bucket smallint NOT NULL,
    account smallint NOT NULL,
    day date NOT NULL,
    moved_fen bigint NOT NULL,
    PRIMARY KEY (bucket, account, day)
);
CREATE TABLE ledger_closing_day (
    bucket smallint NOT NULL,
    day date NOT NULL,
    balances jsonb NOT NULL,
    journals bigint NOT NULL CHECK (journals >= 0),
    last_seal bigint NOT NULL CHECK (last_seal >= 0),
    closed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, day)
);
"""
KEPT = """
CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()
"""
NAMES = ("ledger_closing", "ledger_closing_day")


def upgrade() -> None:
    """Add closings; the first days are closed by the timetable, from the first seal on."""
    op.execute(TABLES)
    for table in NAMES:
        op.execute(KEPT.format(table=table))


def downgrade() -> None:
    """Drop closings; they can be made again from the seals."""
    for table in NAMES:
        op.execute(f"DROP TABLE {table}")
