"""Who consented to which text about prepaid money."""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE alliance_terms_consent (
    bucket smallint NOT NULL,
    member_id uuid NOT NULL,
    version text NOT NULL,
    door text NOT NULL,
    consented_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, member_id, version)
)
"""


def upgrade() -> None:
    """Nobody was asked before."""
    op.execute(TABLE)


def downgrade() -> None:
    """Forget the consents."""
    op.drop_table("alliance_terms_consent")
