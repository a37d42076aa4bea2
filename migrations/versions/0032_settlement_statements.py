"""Statements of settlements: fees, cycles by contract, experience gold apart, what is carried over.

While both run, the previous code can issue no settlement (columns without a default); nothing is
lost by that: what is due waits for the next turn of the duty.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# Money that a sale's `experience` brings has a cycle of its own, hence a mark of its own.
SALES = """
ALTER TABLE alliance_contract
    ADD COLUMN settlement_fee_bp smallint NOT NULL DEFAULT 0
        CHECK (settlement_fee_bp BETWEEN 0 AND 10000),
    ADD COLUMN is_channel_fee_borne boolean NOT NULL DEFAULT false,
    ADD COLUMN settlement_working_days smallint CHECK (settlement_working_days BETWEEN 0 AND 250),
    ADD COLUMN experience_working_days smallint CHECK (experience_working_days BETWEEN 0 AND 250);

ALTER TABLE alliance_sale ADD COLUMN experience_settlement_id uuid;
UPDATE alliance_sale SET experience_settlement_id = settlement_id
    WHERE settlement_id IS NOT NULL AND experience_fen > 0;
CREATE INDEX alliance_sale_experience_idx ON alliance_sale (merchant_id, paid_at)
    WHERE paid_at IS NOT NULL AND experience_fen > 0 AND experience_settlement_id IS NULL;

ALTER TABLE alliance_refund
    ADD COLUMN net_fen bigint,
    ADD COLUMN experience_fen bigint,
    ADD COLUMN purses jsonb,
    ADD COLUMN experience_settlement_id uuid;
UPDATE alliance_refund SET net_fen = from_pending_fen,
        experience_fen = from_experience_pending_fen, experience_settlement_id = settlement_id
    WHERE done_at IS NOT NULL;
CREATE INDEX alliance_refund_experience_idx ON alliance_refund (merchant_id, done_at)
    WHERE done_at IS NOT NULL AND experience_settlement_id IS NULL;
"""

HEADS = """
ALTER TABLE alliance_settlement DISABLE TRIGGER alliance_settlement_immutable;
ALTER TABLE alliance_settlement
    DROP CONSTRAINT alliance_settlement_pending_fen_check,
    DROP CONSTRAINT alliance_settlement_experience_fen_check,
    ADD COLUMN number integer CHECK (number > 0),
    ADD COLUMN line_count integer CHECK (line_count >= 0),
    ADD COLUMN advance_fen bigint DEFAULT 0,
    ADD COLUMN service_fee_fen bigint DEFAULT 0,
    ADD COLUMN channel_fee_fen bigint DEFAULT 0,
    ADD COLUMN opening_pending_fen bigint DEFAULT 0,
    ADD COLUMN opening_service_fee_fen bigint DEFAULT 0,
    ADD COLUMN opening_channel_fee_fen bigint DEFAULT 0,
    ADD COLUMN opening_experience_fen bigint DEFAULT 0,
    ADD COLUMN payable_fen bigint CHECK (payable_fen >= 0),
    ADD COLUMN experience_payable_fen bigint CHECK (experience_payable_fen >= 0),
    ADD COLUMN hash bytea;
UPDATE alliance_settlement AS head SET
    payable_fen = pending_fen, experience_payable_fen = experience_fen,
    line_count = sale_count + refund_count, number = counted.number
FROM (SELECT bucket, id, row_number() OVER (PARTITION BY bucket, merchant_id ORDER BY id) AS number
      FROM alliance_settlement) AS counted
WHERE counted.bucket = head.bucket AND counted.id = head.id;
ALTER TABLE alliance_settlement
    ALTER COLUMN number SET NOT NULL,
    ALTER COLUMN line_count SET NOT NULL,
    ALTER COLUMN payable_fen SET NOT NULL,
    ALTER COLUMN experience_payable_fen SET NOT NULL,
    ADD UNIQUE (bucket, merchant_id, number);
ALTER TABLE alliance_settlement ENABLE TRIGGER alliance_settlement_immutable;
"""
NUMBERS = (
    "advance_fen",
    "service_fee_fen",
    "channel_fee_fen",
    "opening_pending_fen",
    "opening_service_fee_fen",
    "opening_channel_fee_fen",
    "opening_experience_fen",
)

LINES = """
ALTER TABLE alliance_settlement_line DISABLE TRIGGER alliance_settlement_line_immutable;
ALTER TABLE alliance_settlement_line
    DROP CONSTRAINT alliance_settlement_line_kind_check,
    ADD CHECK (kind IN ('sale', 'refund', 'experience', 'experience_refund', 'advance')),
    ADD COLUMN sale_id uuid,
    ADD COLUMN store_id uuid,
    ADD COLUMN gross_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN concession_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN service_fee_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN channel_fee_fen bigint NOT NULL DEFAULT 0,
    ADD COLUMN purses jsonb NOT NULL DEFAULT '{}';
UPDATE alliance_settlement_line AS line SET
    sale_id = sale.id, store_id = sale.store_id, gross_fen = sale.amount_fen,
    concession_fen = sale.concession_fen
FROM alliance_sale AS sale WHERE line.kind = 'sale' AND sale.id = line.subject_id;
UPDATE alliance_settlement_line AS line SET
    sale_id = sale.id, store_id = sale.store_id, gross_fen = -refund.amount_fen,
    concession_fen = -refund.amount_fen - line.pending_fen - line.experience_fen
FROM alliance_refund AS refund
    JOIN alliance_sale AS sale ON sale.bucket = refund.bucket AND sale.id = refund.sale_id
WHERE line.kind = 'refund' AND refund.id = line.subject_id;
ALTER TABLE alliance_settlement_line ENABLE TRIGGER alliance_settlement_line_immutable;

CREATE TRIGGER alliance_settlement_kept BEFORE TRUNCATE ON alliance_settlement
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
CREATE TRIGGER alliance_settlement_line_kept BEFORE TRUNCATE ON alliance_settlement_line
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();

-- A line belongs to the transaction that issued its settlement: none can be added later.
CREATE FUNCTION alliance_refuse_late_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added JOIN alliance_settlement AS head
            ON head.bucket = added.bucket AND head.id = added.settlement_id
        WHERE head.xmin <> pg_current_xact_id()::xid
    ) THEN
        RAISE EXCEPTION '% is immutable: its settlement was issued before', TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER alliance_settlement_line_in_time AFTER INSERT ON alliance_settlement_line
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_late_lines();
"""

RUNS = """
CREATE TABLE alliance_settlement_run (
    bucket smallint NOT NULL CHECK (bucket = 0),
    id uuid NOT NULL,
    requested_by uuid NOT NULL,
    merchant_count integer NOT NULL CHECK (merchant_count >= 0),
    done_count integer NOT NULL DEFAULT 0,
    issued_count integer NOT NULL DEFAULT 0,
    failed_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (bucket, id)
);
"""

CALENDAR = """
CREATE TABLE alliance_calendar_day (
    bucket smallint NOT NULL CHECK (bucket = 0),
    day date NOT NULL,
    is_working boolean NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (bucket, day)
);
CREATE TABLE alliance_calendar_year (
    bucket smallint NOT NULL CHECK (bucket = 0),
    year smallint NOT NULL,
    PRIMARY KEY (bucket, year)
);
CREATE TABLE alliance_calendar_change (
    bucket smallint NOT NULL CHECK (bucket = 0),
    id uuid NOT NULL,
    year smallint NOT NULL,
    days jsonb NOT NULL,
    days_before jsonb NOT NULL,
    reason text NOT NULL,
    changed_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id)
);
CREATE TRIGGER alliance_calendar_change_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON alliance_calendar_change
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
"""


def upgrade() -> None:
    """Add the columns, fill them for what was settled before, and make the new tables."""
    for part in (SALES, HEADS, LINES, RUNS, CALENDAR):
        op.execute(part)
    for name in NUMBERS:
        op.execute(
            f"ALTER TABLE alliance_settlement ALTER COLUMN {name} SET NOT NULL,"
            f" ALTER COLUMN {name} DROP DEFAULT"
        )


def downgrade() -> None:
    """Take the new tables, triggers and columns away; statements lose what only they say."""
    op.execute("DROP TRIGGER alliance_settlement_line_in_time ON alliance_settlement_line")
    op.execute("DROP FUNCTION alliance_refuse_late_lines()")
    for table in ("settlement", "settlement_line"):
        op.execute(f"DROP TRIGGER alliance_{table}_kept ON alliance_{table}")
    for table in ("calendar_change", "calendar_year", "calendar_day", "settlement_run"):
        op.drop_table(f"alliance_{table}")
    for name in ("sale_id", "store_id", "gross_fen", "concession_fen", "service_fee_fen",
                 "channel_fee_fen", "purses"):  # fmt: skip
        op.drop_column("alliance_settlement_line", name)
    for name in (*NUMBERS, "number", "line_count", "payable_fen", "experience_payable_fen", "hash"):
        op.drop_column("alliance_settlement", name)
    for name in ("pending_fen", "experience_fen"):
        check = f"CONSTRAINT alliance_settlement_{name}_check CHECK ({name} >= 0) NOT VALID"
        op.execute(f"ALTER TABLE alliance_settlement ADD {check}")
    for name in ("net_fen", "experience_fen", "purses", "experience_settlement_id"):
        op.drop_column("alliance_refund", name)
    op.drop_column("alliance_sale", "experience_settlement_id")
    for name in ("settlement_fee_bp", "is_channel_fee_borne", "settlement_working_days",
                 "experience_working_days"):  # fmt: skip
        op.drop_column("alliance_contract", name)
