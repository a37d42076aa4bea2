"""Pauses and closures of merchants and stores."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alliance_pause (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    store_id uuid,
    reason text NOT NULL,
    paused_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    resume_reason text,
    resumed_by uuid,
    resumed_at timestamptz,
    PRIMARY KEY (bucket, id),
    CHECK ((resumed_at IS NULL) = (resumed_by IS NULL)),
    CHECK ((resumed_at IS NULL) = (resume_reason IS NULL)),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id),
    FOREIGN KEY (bucket, store_id) REFERENCES alliance_store (bucket, id)
);
CREATE UNIQUE INDEX alliance_pause_open_idx ON alliance_pause (bucket, merchant_id, store_id)
    NULLS NOT DISTINCT WHERE resumed_at IS NULL;

CREATE TABLE alliance_closure (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    store_id uuid,
    closes_on date NOT NULL,
    starts_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN
        ('requested', 'approved', 'rejected', 'withdrawn', 'undo_requested', 'undone')),
    asked_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id),
    FOREIGN KEY (bucket, store_id) REFERENCES alliance_store (bucket, id)
);
CREATE UNIQUE INDEX alliance_closure_live_idx ON alliance_closure (bucket, merchant_id, store_id)
    NULLS NOT DISTINCT WHERE status IN ('requested', 'approved', 'undo_requested');

CREATE TABLE alliance_closure_step (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    closure_id uuid NOT NULL,
    kind text NOT NULL,
    staff_id uuid NOT NULL,
    reason text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    FOREIGN KEY (bucket, closure_id) REFERENCES alliance_closure (bucket, id)
);
CREATE INDEX alliance_closure_step_closure_idx ON alliance_closure_step (bucket, closure_id);
CREATE INDEX alliance_advance_store_idx ON alliance_advance (bucket, merchant_id, store_id)
    WHERE due_fen < advanced_fen;
"""


def upgrade() -> None:
    """Nothing is paused or closed until somebody says so."""
    op.execute(TABLES)


def downgrade() -> None:
    """Forget pauses and closures; what has fallen due by them stays due."""
    op.execute("DROP INDEX alliance_advance_store_idx")
    op.execute("DROP TABLE alliance_closure_step, alliance_closure, alliance_pause")
