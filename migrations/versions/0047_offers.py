"""Offers of merchants: versions, review, pictures, stock."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

# An offer's rows carry its merchant's bucket.
OFFERS = """
CREATE TABLE alliance_offer (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    store_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('goods', 'service')),
    status text NOT NULL CHECK (status IN ('draft', 'displayed', 'paused', 'taken_down')),
    latest_version integer NOT NULL,
    shown_version integer,
    stock bigint CHECK (stock >= 0),
    sold bigint NOT NULL DEFAULT 0 CHECK (sold >= 0),
    title text,
    category text,
    price_fen bigint CHECK (price_fen > 0),
    member_price_fen bigint CHECK (member_price_fen BETWEEN 1 AND price_fen),
    terms text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    CHECK ((status = 'draft') = (shown_version IS NULL)),
    CHECK (shown_version IS NULL OR (title IS NOT NULL AND category IS NOT NULL
        AND price_fen IS NOT NULL)),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id),
    FOREIGN KEY (bucket, store_id) REFERENCES alliance_store (bucket, id)
);
CREATE INDEX alliance_offer_merchant_idx ON alliance_offer (merchant_id, id);
CREATE INDEX alliance_offer_displayed_idx ON alliance_offer (id) WHERE status = 'displayed';
CREATE INDEX alliance_offer_category_idx ON alliance_offer (category, id)
    WHERE status = 'displayed';
CREATE INDEX alliance_offer_store_idx ON alliance_offer (store_id, id) WHERE status = 'displayed';
CREATE INDEX alliance_offer_terms_idx ON alliance_offer USING gin (terms)
    WHERE status = 'displayed';

CREATE TABLE alliance_offer_version (
    bucket smallint NOT NULL,
    offer_id uuid NOT NULL,
    version integer NOT NULL,
    status text NOT NULL
        CHECK (status IN ('draft', 'in_review', 'approved', 'rejected', 'withdrawn')),
    title text NOT NULL,
    text text NOT NULL,
    pictures text[] NOT NULL,
    category text NOT NULL,
    link text,
    price_fen bigint NOT NULL CHECK (price_fen > 0),
    member_price_fen bigint CHECK (member_price_fen BETWEEN 1 AND price_fen),
    deliveries text[] NOT NULL CHECK (deliveries <@ ARRAY['pickup', 'shipment']
        AND cardinality(deliveries) > 0),
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    reason text,
    PRIMARY KEY (bucket, offer_id, version),
    CHECK ((status IN ('approved', 'rejected')) = (decided_at IS NOT NULL)),
    FOREIGN KEY (bucket, offer_id) REFERENCES alliance_offer (bucket, id)
);
CREATE INDEX alliance_offer_version_waiting_idx ON alliance_offer_version (offer_id)
    WHERE status = 'in_review';
CREATE INDEX alliance_offer_version_pictures_idx ON alliance_offer_version USING gin (pictures);

CREATE TABLE alliance_offer_step (
    bucket smallint NOT NULL,
    offer_id uuid NOT NULL,
    number integer NOT NULL,
    step text NOT NULL,
    version integer NOT NULL,
    principal_id uuid NOT NULL,
    note text,
    at timestamptz NOT NULL,
    PRIMARY KEY (bucket, offer_id, number),
    FOREIGN KEY (bucket, offer_id) REFERENCES alliance_offer (bucket, id)
);

CREATE TABLE alliance_offer_picture (
    bucket smallint NOT NULL,
    merchant_id uuid NOT NULL,
    name text NOT NULL,
    jpeg bytea NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, merchant_id, name),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
ALTER TABLE alliance_offer_picture ALTER COLUMN jpeg SET STORAGE EXTERNAL;
CREATE INDEX alliance_offer_picture_created_idx ON alliance_offer_picture (created_at);
"""
TABLES = ("offer_picture", "offer_step", "offer_version", "offer")


def upgrade() -> None:
    """Until now nobody offered anything."""
    op.execute(OFFERS)


def downgrade() -> None:
    """Remove offers with their pictures and history."""
    for table in TABLES:
        op.drop_table(f"alliance_{table}")
