"""In which app the receiver of a withdrawal confirms: null, as before, is the mini-program."""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE wallet_withdrawal ADD COLUMN app_id text")


def downgrade() -> None:
    op.execute("ALTER TABLE wallet_withdrawal DROP COLUMN app_id")
