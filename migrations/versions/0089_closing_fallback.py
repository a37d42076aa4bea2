"""Where members of a closing store go, and whom its closing concerns: home stores and issuing
stores are looked for. Columns are null until the new code writes them."""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

INDEXES = {
    "members_binding_home_idx": "members_binding (home_store_id, member_id)",
    "wallet_lot_store_idx": "wallet_lot (store_id, owner_id) WHERE store_id IS NOT NULL",
}


def upgrade() -> None:
    """Name the fallback; index home stores and issuing stores."""
    op.execute("ALTER TABLE alliance_closure ADD COLUMN fallback_store_id uuid")
    op.execute("ALTER TABLE alliance_closure ADD COLUMN rehomed_at timestamptz")
    for name, what in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {what}")


def downgrade() -> None:
    """Forget the fallback and the indexes."""
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE alliance_closure DROP COLUMN rehomed_at")
    op.execute("ALTER TABLE alliance_closure DROP COLUMN fallback_store_id")
