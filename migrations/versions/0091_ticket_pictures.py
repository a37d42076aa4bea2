"""Pictures that members send with tickets, encrypted."""

from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE notices_ticket_picture (
    id uuid PRIMARY KEY,
    member_id uuid NOT NULL,
    message_id uuid REFERENCES notices_ticket_message (id),
    jpeg text NOT NULL,
    width smallint NOT NULL,
    height smallint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX notices_ticket_picture_message_idx ON notices_ticket_picture (message_id, id);
CREATE INDEX notices_ticket_picture_member_idx ON notices_ticket_picture (member_id, created_at);
CREATE INDEX notices_ticket_picture_unused_idx ON notices_ticket_picture (created_at)
    WHERE message_id IS NULL;
ALTER TABLE notices_ticket_picture ALTER COLUMN jpeg SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    """Nothing was sent before."""
    op.execute(TABLE)


def downgrade() -> None:
    """Remove the pictures."""
    op.execute("DROP TABLE notices_ticket_picture")
