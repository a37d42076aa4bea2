"""Remember of which identities WeChat told the unionid, so that it can be asked again of others."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

TABLE, INDEX = "members_identity", "members_identity_ask_again_idx"
# Whose member has a unionid is taken as told: that it is this identity's was not written down.
KNOWN = """
UPDATE members_identity AS i SET unionid_at = i.asked_at
WHERE i.asked_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM members_union AS u WHERE u.member_id = i.member_id)
"""


def upgrade() -> None:
    """Add the moment, and find quickly who is to be asked again."""
    op.add_column(TABLE, sa.Column("unionid_at", sa.DateTime(timezone=True)))
    op.execute(KNOWN)
    is_unknown = "unionid_at IS NULL AND asked_at IS NOT NULL AND openid IS NOT NULL"
    op.create_index(INDEX, TABLE, ["asked_at"], postgresql_where=is_unknown)


def downgrade() -> None:
    """Take it away: nobody is asked again."""
    op.drop_index(INDEX, TABLE)
    op.drop_column(TABLE, "unionid_at")
