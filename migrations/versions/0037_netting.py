"""Netting of prepaid money between merchants: periods, the matrix, positions. Never changed."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

NETTING = """
CREATE TABLE alliance_netting (
    bucket smallint NOT NULL CHECK (bucket = 0),
    id uuid NOT NULL,
    begins_on date NOT NULL,
    ends_on date NOT NULL CHECK (ends_on >= begins_on),
    sale_count integer NOT NULL,
    refund_count integer NOT NULL,
    spent_fen bigint NOT NULL CHECK (spent_fen >= 0),
    refunded_fen bigint NOT NULL CHECK (refunded_fen >= 0),
    gross_fen bigint NOT NULL CHECK (gross_fen >= 0),
    netted_fen bigint NOT NULL CHECK (netted_fen BETWEEN 0 AND gross_fen),
    collected_fen bigint NOT NULL CHECK (collected_fen >= 0),
    hash bytea NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    EXCLUDE USING gist (daterange(begins_on, ends_on, '[]') WITH &&)
);
CREATE TABLE alliance_netting_cell (
    bucket smallint NOT NULL,
    netting_id uuid NOT NULL,
    issuer_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    spent_fen bigint NOT NULL CHECK (spent_fen >= 0),
    refunded_fen bigint NOT NULL CHECK (refunded_fen >= 0),
    PRIMARY KEY (bucket, netting_id, issuer_id, seller_id),
    FOREIGN KEY (bucket, netting_id) REFERENCES alliance_netting (bucket, id)
);
CREATE TABLE alliance_netting_position (
    bucket smallint NOT NULL,
    netting_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    own_fen bigint NOT NULL,
    receivable_fen bigint NOT NULL,
    payable_fen bigint NOT NULL,
    net_fen bigint NOT NULL CHECK (net_fen = receivable_fen - payable_fen),
    from_pending_fen bigint NOT NULL CHECK (from_pending_fen >= 0),
    from_deposit_fen bigint NOT NULL CHECK (from_deposit_fen >= 0),
    moves_fen bigint NOT NULL
        CHECK (moves_fen = own_fen + receivable_fen - from_pending_fen - from_deposit_fen),
    PRIMARY KEY (bucket, netting_id, merchant_id),
    FOREIGN KEY (bucket, netting_id) REFERENCES alliance_netting (bucket, id)
);
-- Sales come in the order of time: this kind of index costs a payment next to nothing.
CREATE INDEX alliance_sale_paid_idx ON alliance_sale USING brin (paid_at);
CREATE INDEX alliance_refund_done_idx ON alliance_refund USING brin (done_at);
"""
TABLES = ("netting_position", "netting_cell", "netting")


def upgrade() -> None:
    """Make the tables, and let the database keep them as they are written."""
    op.execute(NETTING)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER alliance_{table}_immutable BEFORE UPDATE OR DELETE OR TRUNCATE"
            f" ON alliance_{table} FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change()"
        )


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX alliance_sale_paid_idx")
    op.execute("DROP INDEX alliance_refund_done_idx")
    for table in TABLES:
        op.drop_table(f"alliance_{table}")
