"""Links of codes, and who is asking WeChat for one."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COLUMNS = ("url_link", "url_scheme", "links_expire_at", "fetching_until")


def upgrade() -> None:
    """Add the columns, and an index to count permanent codes."""
    op.add_column("qr_code", sa.Column("url_link", sa.Text))
    op.add_column("qr_code", sa.Column("url_scheme", sa.Text))
    op.add_column("qr_code", sa.Column("links_expire_at", MOMENT))
    op.add_column("qr_code", sa.Column("fetching_until", MOMENT))
    permanent = "ticket IS NOT NULL AND ticket_expires_at IS NULL"
    op.create_index("qr_code_permanent_idx", "qr_code", ["key"], postgresql_where=permanent)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("qr_code_permanent_idx")
    for column in COLUMNS:
        op.drop_column("qr_code", column)
