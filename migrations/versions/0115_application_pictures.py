"""Pictures with merchants' applications, encrypted."""

from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE alliance_application_picture (
    id uuid PRIMARY KEY,
    member_id uuid NOT NULL,
    application_id uuid REFERENCES alliance_application (id),
    kind text NOT NULL CHECK (kind IN ('licence', 'front', 'permit', 'other')),
    jpeg text NOT NULL,
    width smallint NOT NULL,
    height smallint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX alliance_application_picture_application_idx
    ON alliance_application_picture (application_id, id);
CREATE INDEX alliance_application_picture_member_idx ON alliance_application_picture (member_id);
CREATE INDEX alliance_application_picture_unused_idx ON alliance_application_picture (created_at)
    WHERE application_id IS NULL;
ALTER TABLE alliance_application_picture ALTER COLUMN jpeg SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    """Nothing was sent before."""
    op.execute(TABLE)


def downgrade() -> None:
    """Remove the pictures."""
    op.execute("DROP TABLE alliance_application_picture")
