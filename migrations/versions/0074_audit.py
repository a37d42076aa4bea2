"""The audit log: what staff did, waiting for its seal, and the hash chain over it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

REFUSE = """
    CREATE FUNCTION core_audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is never changed: what was done stays on record', TG_TABLE_NAME
            USING ERRCODE = 'LH006';
    END $$
"""
WAIT = """
    CREATE FUNCTION core_audit_wait() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO core_audit_unsealed (record_id) VALUES (NEW.id);
        RETURN NULL;
    END $$
"""


MOMENT, UUIDS = sa.DateTime(timezone=True), postgresql.ARRAY(sa.Uuid)


def upgrade() -> None:
    """Create the log, which refuses every change, and the trigger that has each record sealed."""
    _create_log()
    _create_chain()
    _add_triggers()


def _create_log() -> None:
    op.create_table(
        "core_audit",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("request_id", sa.Uuid),
        sa.Column("staff_id", sa.Uuid),
        sa.Column("roles", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("merchant_id", sa.Uuid),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("object_ids", UUIDS, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("detail", postgresql.JSONB, nullable=False),
    )
    op.create_index("core_audit_at_idx", "core_audit", ["at", "id"])
    op.create_index("core_audit_staff_idx", "core_audit", ["staff_id", "at", "id"])
    op.create_index(
        "core_audit_action_idx",
        "core_audit",
        ["action"],
        postgresql_ops={"action": "text_pattern_ops"},
    )
    op.create_index("core_audit_objects_idx", "core_audit", ["object_ids"], postgresql_using="gin")


def _create_chain() -> None:
    op.create_table("core_audit_unsealed", sa.Column("record_id", sa.Uuid, primary_key=True))
    op.create_table(
        "core_audit_seal",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("first_position", sa.BigInteger, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("record_ids", UUIDS, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
    )


def _add_triggers() -> None:
    op.execute(REFUSE)
    op.execute(WAIT)
    for table in ("core_audit", "core_audit_seal"):
        op.execute(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION core_audit_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}"
            " EXECUTE FUNCTION core_audit_refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER core_audit_waits AFTER INSERT ON core_audit"
        " FOR EACH ROW EXECUTE FUNCTION core_audit_wait()"
    )


def downgrade() -> None:
    """Forget the log."""
    for table in ("core_audit_seal", "core_audit_unsealed", "core_audit"):
        op.drop_table(table)
    op.execute("DROP FUNCTION core_audit_wait")
    op.execute("DROP FUNCTION core_audit_refuse_change")
