"""Tables of the room `alliance`: partners, contracts, sales, shares, refunds, settlements."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# A merchant's rows carry the merchant's bucket, a sale's rows the payer's; between the two there
# are no foreign keys. `bucket` leads every primary key, unique constraint and foreign key.
PARTNERS = """
CREATE TABLE alliance_catalogue (
    bucket smallint PRIMARY KEY CHECK (bucket = 0),
    version bigint NOT NULL
);
INSERT INTO alliance_catalogue VALUES (0, 1);

CREATE TABLE alliance_salesperson (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    member_id uuid,
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);

CREATE TABLE alliance_merchant (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    salesperson_id uuid,
    recommender_kind text CHECK (recommender_kind IN ('member', 'salesperson', 'merchant')),
    recommender_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    CHECK ((recommender_kind IS NULL) = (recommender_id IS NULL)),
    CHECK (recommender_id <> id)
);

CREATE TABLE alliance_store (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    category text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
CREATE INDEX alliance_store_merchant_idx ON alliance_store (bucket, merchant_id);

CREATE TABLE alliance_contact (
    bucket smallint NOT NULL,
    merchant_id uuid NOT NULL,
    member_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, merchant_id, member_id),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
CREATE INDEX alliance_contact_member_idx ON alliance_contact (member_id);
"""

TERMS = """
CREATE TABLE alliance_policy (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    shares_bp jsonb NOT NULL,
    fallbacks jsonb NOT NULL,
    one_person_one_share boolean NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, name, version)
);

CREATE TABLE alliance_contract (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    version integer NOT NULL,
    policy_id uuid NOT NULL,
    concession_bp smallint NOT NULL CHECK (concession_bp BETWEEN 0 AND 10000),
    is_bonus_included boolean NOT NULL,
    experience_cap_bp smallint NOT NULL CHECK (experience_cap_bp BETWEEN 0 AND 10000),
    payment_maximum_fen bigint CHECK (payment_maximum_fen > 0),
    starts_on date NOT NULL,
    ends_on date CHECK (ends_on >= starts_on),
    ended_at timestamptz,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, merchant_id, version),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
"""

SALES = """
CREATE TABLE alliance_sale (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    payer_id uuid NOT NULL,
    store_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    policy_id uuid NOT NULL,
    status text NOT NULL
        CHECK (status IN ('awaiting', 'paid', 'cancelled', 'expired', 'refunded')),
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    principal_fen bigint NOT NULL CHECK (principal_fen >= 0),
    bonus_fen bigint NOT NULL CHECK (bonus_fen >= 0),
    experience_fen bigint NOT NULL CHECK (experience_fen >= 0),
    rebate_fen bigint NOT NULL CHECK (rebate_fen >= 0),
    wechat_fen bigint NOT NULL CHECK (wechat_fen >= 0),
    concession_fen bigint NOT NULL
        CHECK (concession_fen BETWEEN 0 AND amount_fen - experience_fen),
    journal_id uuid,
    paid_at timestamptz,
    distributed_at timestamptz,
    settlement_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    CHECK (amount_fen = principal_fen + bonus_fen + experience_fen + rebate_fen + wechat_fen),
    CHECK ((status IN ('paid', 'refunded')) = (journal_id IS NOT NULL)),
    CHECK ((journal_id IS NULL) = (paid_at IS NULL)),
    CHECK (status <> 'refunded' OR distributed_at IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX alliance_sale_undistributed_idx ON alliance_sale (paid_at)
    WHERE paid_at IS NOT NULL AND distributed_at IS NULL;
CREATE INDEX alliance_sale_unsettled_idx ON alliance_sale (merchant_id, paid_at)
    WHERE paid_at IS NOT NULL AND settlement_id IS NULL;

CREATE TABLE alliance_sale_order (
    bucket smallint NOT NULL,
    sale_id uuid NOT NULL,
    order_id uuid NOT NULL,
    hold_journal_id uuid,
    held_fen bigint NOT NULL CHECK (held_fen >= 0),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, sale_id),
    UNIQUE (bucket, order_id),
    CHECK ((held_fen = 0) = (hold_journal_id IS NULL)),
    FOREIGN KEY (bucket, sale_id) REFERENCES alliance_sale (bucket, id)
);

CREATE TABLE alliance_share (
    bucket smallint NOT NULL,
    sale_id uuid NOT NULL,
    party text NOT NULL,
    receiver text NOT NULL,
    reason text NOT NULL CHECK (reason IN ('direct', 'fallback')),
    owner_id uuid NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    collected_fen bigint NOT NULL CHECK (collected_fen BETWEEN 0 AND amount_fen),
    release_at timestamptz,
    released_at timestamptz,
    reversed_at timestamptz,
    PRIMARY KEY (bucket, sale_id, party),
    FOREIGN KEY (bucket, sale_id) REFERENCES alliance_sale (bucket, id)
);
CREATE INDEX alliance_share_release_idx ON alliance_share (release_at)
    WHERE release_at IS NOT NULL AND released_at IS NULL AND reversed_at IS NULL;
CREATE INDEX alliance_share_owner_idx ON alliance_share (owner_id, sale_id);
"""

AFTERWARDS = """
CREATE TABLE alliance_debtor (
    bucket smallint NOT NULL,
    owner_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, owner_id)
);

CREATE TABLE alliance_refund (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    sale_id uuid NOT NULL,
    number smallint NOT NULL CHECK (number > 0),
    merchant_id uuid NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    reason text NOT NULL,
    requested_by uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting_funds', 'done')),
    journal_id uuid,
    from_pending_fen bigint NOT NULL CHECK (from_pending_fen >= 0),
    from_experience_pending_fen bigint NOT NULL CHECK (from_experience_pending_fen >= 0),
    done_at timestamptz,
    settlement_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, sale_id, number),
    CHECK ((status = 'done') = (journal_id IS NOT NULL)),
    CHECK ((status = 'done') = (done_at IS NOT NULL)),
    FOREIGN KEY (bucket, sale_id) REFERENCES alliance_sale (bucket, id)
);
CREATE INDEX alliance_refund_waiting_idx ON alliance_refund (created_at)
    WHERE status = 'waiting_funds';
CREATE INDEX alliance_refund_unsettled_idx ON alliance_refund (merchant_id, done_at)
    WHERE done_at IS NOT NULL AND settlement_id IS NULL;

CREATE TABLE alliance_settlement (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    paid_before timestamptz NOT NULL,
    sale_count integer NOT NULL,
    refund_count integer NOT NULL,
    pending_fen bigint NOT NULL CHECK (pending_fen >= 0),
    experience_fen bigint NOT NULL CHECK (experience_fen >= 0),
    journal_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    FOREIGN KEY (bucket, merchant_id) REFERENCES alliance_merchant (bucket, id)
);
CREATE INDEX alliance_settlement_merchant_idx ON alliance_settlement (bucket, merchant_id, id);

CREATE TABLE alliance_settlement_line (
    bucket smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('sale', 'refund')),
    subject_id uuid NOT NULL,
    settlement_id uuid NOT NULL,
    moment timestamptz NOT NULL,
    pending_fen bigint NOT NULL,
    experience_fen bigint NOT NULL,
    PRIMARY KEY (bucket, kind, subject_id),
    FOREIGN KEY (bucket, settlement_id) REFERENCES alliance_settlement (bucket, id)
);
CREATE INDEX alliance_settlement_line_idx ON alliance_settlement_line (bucket, settlement_id);

CREATE FUNCTION alliance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is immutable', TG_TABLE_NAME;
END $$;
CREATE TRIGGER alliance_policy_immutable BEFORE UPDATE OR DELETE ON alliance_policy
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
CREATE TRIGGER alliance_settlement_immutable BEFORE UPDATE OR DELETE ON alliance_settlement
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
CREATE TRIGGER alliance_settlement_line_immutable
    BEFORE UPDATE OR DELETE ON alliance_settlement_line
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
"""

TABLES = (
    "settlement_line",
    "settlement",
    "refund",
    "debtor",
    "share",
    "sale_order",
    "sale",
    "contract",
    "policy",
    "contact",
    "store",
    "merchant",
    "salesperson",
    "catalogue",
)


def upgrade() -> None:
    """Create the room's tables."""
    for part in (PARTNERS, TERMS, SALES, AFTERWARDS):
        op.execute(part)


def downgrade() -> None:
    """Drop the room's tables."""
    for table in TABLES:
        op.drop_table(f"alliance_{table}")
    op.execute("DROP FUNCTION alliance_refuse_change()")
