"""Whole lists as files, written in the background."""

from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE pages_export (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL,
    listing text NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'xlsx')),
    language text NOT NULL,
    filters jsonb NOT NULL,
    status text NOT NULL CHECK (status IN
        ('waiting', 'running', 'done', 'failed', 'cancelled', 'deleted', 'expired')),
    failure text,
    following jsonb,
    row_count bigint NOT NULL,
    part_count integer NOT NULL,
    size_bytes bigint NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL
);
CREATE INDEX pages_export_mine ON pages_export (staff_id, id);
CREATE INDEX pages_export_kept ON pages_export (expires_at)
    WHERE status IN ('waiting', 'running', 'done');

CREATE TABLE pages_export_part (
    export_id uuid NOT NULL REFERENCES pages_export (id),
    kind text NOT NULL CHECK (kind IN ('rows', 'file')),
    number integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (export_id, kind, number)
);
ALTER TABLE pages_export_part ALTER COLUMN content SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    """Create exports and the parts of their files."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("pages_export_part")
    op.drop_table("pages_export")
