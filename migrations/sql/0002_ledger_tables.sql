-- The books. Amounts are fen. Positive: owed to the owner; negative: held outside or owed by the
-- owner; the sum of all entries is 0. `bucket` = low 10 bits of the id that leads the key: of the
-- owner for accounts and lots, of the journal for journals and entries.

CREATE FUNCTION ledger_bucket(id uuid) RETURNS smallint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ((get_byte(uuid_send(id), 14) & 3) << 8 | get_byte(uuid_send(id), 15))::smallint;

-- What each account is. The code tells how it is kept, so that posting needs no look-up:
-- 1-9 running balance divided into lots, 10-99 running balance, 100-199 append-only with a floor,
-- from 200 append-only without a floor.
CREATE TABLE ledger_account_kind (
    code smallint PRIMARY KEY,
    name text NOT NULL UNIQUE,
    append_only boolean NOT NULL CHECK (append_only = (code >= 100)),
    uses_lots boolean NOT NULL CHECK (uses_lots = (code < 10)),
    floor_fen bigint CHECK (code < 100 OR (floor_fen IS NULL) = (code >= 200)),
    ceiling_fen bigint,
    floor_per_owner boolean NOT NULL DEFAULT false CHECK (NOT floor_per_owner OR code < 100)
);

INSERT INTO ledger_account_kind
    (code, name, append_only, uses_lots, floor_fen, ceiling_fen, floor_per_owner)
VALUES
    (1, 'prepaid_principal', false, true, 0, NULL, false),
    (2, 'prepaid_bonus', false, true, 0, NULL, false),
    (3, 'experience', false, true, 0, NULL, false),
    (10, 'payment_hold', false, false, 0, NULL, false),
    (11, 'rebate_pending', false, false, 0, NULL, false),
    (12, 'rebate', false, false, 0, NULL, false),
    (13, 'withdrawing', false, false, 0, NULL, false),
    (14, 'clawback_due', false, false, NULL, 0, false),
    (20, 'available', false, false, 0, NULL, false),
    (21, 'deposit', false, false, 0, NULL, false),
    (22, 'offer_budget', false, false, 0, NULL, false),
    (23, 'prepaid_advance', false, false, 0, NULL, true),
    (30, 'order_escrow', false, false, 0, NULL, false),
    (31, 'errand_escrow', false, false, 0, NULL, false),
    (100, 'pending', true, false, 0, NULL, false),
    (101, 'experience_pending', true, false, 0, NULL, false),
    (110, 'operations', true, false, 0, NULL, false),
    (111, 'campaign_fund', true, false, 0, NULL, false),
    (112, 'charity', true, false, 0, NULL, false),
    (113, 'queue_pool', true, false, 0, NULL, false),
    (114, 'tax_withheld', true, false, 0, NULL, false),
    (200, 'concession_clearing', true, false, NULL, NULL, false),
    (201, 'suspense', true, false, NULL, NULL, false),
    (202, 'refund_clearing', true, false, NULL, NULL, false),
    (210, 'wechat_takings', true, false, NULL, NULL, false),
    (211, 'wechat_operating', true, false, NULL, NULL, false),
    (212, 'bank_custody', true, false, NULL, NULL, false),
    (220, 'channel_fee', true, false, NULL, NULL, false);

-- One row an account, opened on first use. `version` counts the entries the balance contains.
-- Free space on each page keeps balance updates inside it (no index is touched).
CREATE TABLE ledger_account (
    bucket smallint NOT NULL,
    owner_id uuid NOT NULL,
    account smallint NOT NULL REFERENCES ledger_account_kind,
    balance_fen bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    floor_fen bigint,
    ceiling_fen bigint,
    PRIMARY KEY (bucket, owner_id, account),
    CONSTRAINT ledger_account_limits
        CHECK (balance_fen >= floor_fen AND balance_fen <= ceiling_fen)
) WITH (fillfactor = 60);

-- Parts of a balance that uses lots. Changed only under the lock of their account.
CREATE TABLE ledger_lot (
    bucket smallint NOT NULL,
    owner_id uuid NOT NULL,
    account smallint NOT NULL,
    lot_id uuid NOT NULL,
    balance_fen bigint NOT NULL,
    PRIMARY KEY (bucket, owner_id, account, lot_id),
    CONSTRAINT ledger_lot_floor CHECK (balance_fen >= 0)
) WITH (fillfactor = 60);

CREATE TABLE ledger_journal (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference_id uuid NOT NULL,
    principal_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    reverses_id uuid,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    CONSTRAINT ledger_journal_key UNIQUE (bucket, principal_id, key)
);

-- A journal is reversed at most once; a reversal stays in the bucket of what it reverses.
CREATE UNIQUE INDEX ledger_journal_reverses
    ON ledger_journal (bucket, reverses_id) WHERE reverses_id IS NOT NULL;

-- Entries live in their journal's bucket, whoever owns the account: hence no foreign key to
-- accounts. `balance_fen` and `version` are the running balance after the entry and its number
-- in the account; both are null on append-only accounts. That no amount is 0, and that exactly
-- accounts with lots name one, is checked by ledger_post: constraints here would be parsed anew
-- for every posting, which is a tenth of its cost.
CREATE TABLE ledger_entry (
    bucket smallint NOT NULL,
    journal_id uuid NOT NULL,
    leg smallint NOT NULL,
    account smallint NOT NULL,
    owner_id uuid NOT NULL,
    lot_id uuid,
    amount_fen bigint NOT NULL,
    balance_fen bigint,
    version bigint,
    posted_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, journal_id, leg)
);

CREATE INDEX ledger_entry_statement
    ON ledger_entry (owner_id, account, version) WHERE version IS NOT NULL;

-- Journals waiting for the sealer, which also folds their append-only entries into balances.
CREATE TABLE ledger_unsealed (
    bucket smallint NOT NULL,
    journal_id uuid NOT NULL,
    PRIMARY KEY (bucket, journal_id)
);

-- The hash chain. `first_position` numbers journals in sealed order, from 1.
CREATE TABLE ledger_seal (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    first_position bigint NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    journal_ids uuid[] NOT NULL,
    sealed_at timestamptz NOT NULL
);

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is immutable: corrections are new journals', TG_TABLE_NAME
        USING ERRCODE = 'LH006';
END $$;

CREATE TRIGGER ledger_journal_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_entry_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_seal_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
