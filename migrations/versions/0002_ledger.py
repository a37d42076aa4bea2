"""Tables and functions of the room `ledger`.

They are plain SQL, in `migrations/sql/`, because they are mechanics of the database: the
immutability triggers, the posting function and the sealing function.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
FILES = ("0002_ledger_tables.sql", "0002_ledger_post.sql", "0002_ledger_seal.sql")
TABLES = ("seal", "unsealed", "entry", "journal", "lot", "account", "account_kind")
FUNCTIONS = (
    "fold_and_seal", "seal_hash", "digests", "require_new", "post_if_funded", "post", "standing",
    "refuse_short", "open_lot", "open", "move", "refuse_change", "bucket",
)  # fmt: skip


def upgrade() -> None:
    """Create the room's tables and functions."""
    for name in FILES:
        _run((SQL / name).read_text())


def downgrade() -> None:
    """Drop the room's functions and tables."""
    for name in TABLES:
        _run(f"DROP TABLE ledger_{name}")
    for name in FUNCTIONS:
        _run(f"DROP FUNCTION ledger_{name}")


def _run(sql: str) -> None:
    """Run SQL as it stands: function bodies contain colons and per cent signs."""
    op.get_bind().connection.driver_connection.execute(sql)
