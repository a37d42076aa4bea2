"""Simulations of split policies over past sales."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alliance_policy_simulation (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    content jsonb NOT NULL,
    draft_id uuid,
    policy_id uuid,
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    status text NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'cancelled')),
    requested_by uuid NOT NULL,
    sale_count bigint,
    done_count bigint NOT NULL,
    undistributed_count bigint NOT NULL,
    changed_count bigint NOT NULL,
    concession_fen bigint NOT NULL,
    own_different_count bigint NOT NULL,
    own_different_fen bigint NOT NULL,
    cursor_at timestamptz NOT NULL,
    cursor_id uuid,
    window_seconds integer NOT NULL CHECK (window_seconds > 0),
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (bucket, id)
);

CREATE TABLE alliance_policy_simulation_line (
    bucket smallint NOT NULL,
    simulation_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('party', 'seller', 'earner')),
    subject_id uuid NOT NULL,
    party text NOT NULL,
    before_fen bigint NOT NULL,
    after_fen bigint NOT NULL,
    before_refunded_fen bigint NOT NULL,
    after_refunded_fen bigint NOT NULL,
    PRIMARY KEY (bucket, simulation_id, kind, subject_id, party),
    FOREIGN KEY (bucket, simulation_id) REFERENCES alliance_policy_simulation (bucket, id)
);
"""


def upgrade() -> None:
    """Create simulations and their sums."""
    op.execute(TABLES)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("alliance_policy_simulation_line")
    op.drop_table("alliance_policy_simulation")
