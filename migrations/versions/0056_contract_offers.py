"""Versions of contracts that merchants accept or decline."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE alliance_contract_offer (
    bucket smallint NOT NULL,
    contract_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    terms_hash text NOT NULL CHECK (terms_hash ~ '^[0-9a-f]{64}$'),
    offered_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    answer text CHECK (answer IN ('accepted', 'declined', 'withdrawn')),
    answered_kind text CHECK (answered_kind IN ('member', 'staff')),
    answered_by uuid,
    reason text,
    answered_at timestamptz,
    PRIMARY KEY (bucket, contract_id),
    CHECK ((answer IS NULL) = (answered_by IS NULL)),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((answer IS NULL) = (answered_kind IS NULL)),
    FOREIGN KEY (bucket, contract_id) REFERENCES alliance_contract (bucket, id)
);
CREATE UNIQUE INDEX alliance_contract_offer_open_idx
    ON alliance_contract_offer (bucket, merchant_id) WHERE answer IS NULL;
"""


def upgrade() -> None:
    """All versions until now were signed on paper."""
    op.execute(TABLE)


def downgrade() -> None:
    """Forget what merchants said; versions that were not accepted go with it."""
    op.execute(
        "UPDATE alliance_contract AS c SET ended_at = coalesce(c.ended_at, c.created_at)"
        " FROM alliance_contract_offer AS o WHERE o.bucket = c.bucket AND o.contract_id = c.id"
        " AND o.answer IS DISTINCT FROM 'accepted'"
    )
    op.execute("DROP TABLE alliance_contract_offer")
