"""What each member lets go on a day without proving that it is them, in one row that is renewed."""

from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now only what members' codes paid was added up."""
    op.execute(
        "CREATE TABLE alliance_free_spending ("
        " bucket smallint NOT NULL, member_id uuid NOT NULL, day date NOT NULL,"
        " spent_fen bigint NOT NULL CHECK (spent_fen > 0), PRIMARY KEY (bucket, member_id)"
        ") WITH (fillfactor = 70)"
    )


def downgrade() -> None:
    """Forget today's sums."""
    op.execute("DROP TABLE alliance_free_spending")
