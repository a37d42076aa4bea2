"""Errands: what somebody wants done for a reward, who runs them, and what became of each."""

from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

ERRANDS = """
CREATE TABLE benefits_errand (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    payer_kind text NOT NULL CHECK (payer_kind IN ('member', 'merchant')),
    runner_id uuid,
    status text NOT NULL CHECK (status IN (
        'open', 'assigned', 'taken', 'picked_up', 'delivered', 'disputed',
        'completed', 'decided', 'cancelled', 'expired')),
    category text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    spot point GENERATED ALWAYS AS (alliance_spot(latitude, longitude)) STORED,
    distance_metres integer NOT NULL CHECK (distance_metres >= 0),
    reward_fen bigint NOT NULL CHECK (reward_fen > 0),
    fee_fen bigint NOT NULL CHECK (fee_fen >= 0 AND fee_fen < reward_fen),
    runner_fen bigint NOT NULL DEFAULT 0 CHECK (runner_fen >= 0),
    charged_fen bigint NOT NULL DEFAULT 0 CHECK (charged_fen >= 0),
    returned_fen bigint NOT NULL DEFAULT 0 CHECK (returned_fen >= 0),
    parts_journal_id uuid NOT NULL,
    code_failures smallint NOT NULL DEFAULT 0,
    proposed_fen bigint CHECK (proposed_fen BETWEEN 0 AND reward_fen),
    proposed_reason text,
    proposed_by uuid,
    created_at timestamptz NOT NULL,
    taken_at timestamptz,
    next_at timestamptz,
    ended_at timestamptz,
    forgotten_at timestamptz,
    PRIMARY KEY (bucket, id),
    CHECK (status NOT IN ('open', 'expired') OR runner_id IS NULL),
    CHECK (status IN ('open', 'expired', 'cancelled') OR runner_id IS NOT NULL),
    CHECK ((status IN ('completed', 'decided', 'cancelled', 'expired')) = (ended_at IS NOT NULL)),
    CHECK (runner_fen + charged_fen + returned_fen
           = CASE WHEN ended_at IS NULL THEN 0 ELSE reward_fen END)
);
CREATE INDEX benefits_errand_payer_idx ON benefits_errand (payer_id, id);
CREATE INDEX benefits_errand_runner_idx ON benefits_errand (runner_id, id)
    WHERE runner_id IS NOT NULL;
CREATE INDEX benefits_errand_status_idx ON benefits_errand (status, id);
CREATE INDEX benefits_errand_campaign_idx ON benefits_errand (campaign_id, status);
CREATE INDEX benefits_errand_next_idx ON benefits_errand (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX benefits_errand_known_idx ON benefits_errand (ended_at)
    WHERE ended_at IS NOT NULL AND forgotten_at IS NULL;
CREATE INDEX benefits_errand_spot_idx ON benefits_errand USING gist (spot) WHERE status = 'open';
CREATE TABLE benefits_errand_step (
    bucket smallint NOT NULL,
    errand_id uuid NOT NULL,
    number smallint NOT NULL,
    step text NOT NULL,
    status text NOT NULL,
    principal_id uuid NOT NULL,
    note text,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, errand_id, number),
    FOREIGN KEY (bucket, errand_id) REFERENCES benefits_errand (bucket, id)
);
CREATE TABLE benefits_errand_words (
    id uuid PRIMARY KEY,
    errand_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('places', 'dispute')),
    by_id uuid NOT NULL,
    words text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX benefits_errand_words_errand_idx ON benefits_errand_words (errand_id, id);
CREATE TABLE benefits_errand_picture (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    errand_id uuid,
    purpose text CHECK (purpose IN ('task', 'pick_up', 'delivery')),
    jpeg bytea NOT NULL,
    width smallint NOT NULL,
    height smallint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    CHECK ((errand_id IS NULL) = (purpose IS NULL))
);
CREATE INDEX benefits_errand_picture_errand_idx ON benefits_errand_picture (errand_id, id);
CREATE INDEX benefits_errand_picture_unused_idx ON benefits_errand_picture (owner_id, created_at)
    WHERE errand_id IS NULL;
"""
RUNNERS = """
CREATE TABLE benefits_errand_runner (
    bucket smallint NOT NULL,
    member_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('applied', 'approved', 'rejected', 'suspended')),
    completed integer NOT NULL DEFAULT 0 CHECK (completed >= 0),
    let_down integer NOT NULL DEFAULT 0 CHECK (let_down >= 0),
    reason text,
    decided_by uuid,
    decided_at timestamptz,
    applied_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, member_id)
);
CREATE INDEX benefits_errand_runner_status_idx ON benefits_errand_runner (status, member_id);
CREATE TABLE benefits_errand_rating (
    bucket smallint NOT NULL,
    errand_id uuid NOT NULL,
    side text NOT NULL CHECK (side IN ('poster', 'runner')),
    about_id uuid NOT NULL,
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, errand_id, side),
    FOREIGN KEY (bucket, errand_id) REFERENCES benefits_errand (bucket, id)
);
CREATE INDEX benefits_errand_rating_about_idx ON benefits_errand_rating (about_id);
"""
TABLES = ("rating", "runner", "picture", "words", "step")


def upgrade() -> None:
    """Until now nobody could ask for an errand."""
    op.execute(ERRANDS)
    op.execute(RUNNERS)


def downgrade() -> None:
    """What was paid stays in the ledger."""
    for name in TABLES:
        op.execute(f"DROP TABLE benefits_errand_{name}")
    op.execute("DROP TABLE benefits_errand")
