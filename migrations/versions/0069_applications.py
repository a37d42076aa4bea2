"""Merchants who want to join: applications, the blacklist, names and accounts to compare with."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alliance_application (
    id uuid PRIMARY KEY,
    member_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN
        ('submitted', 'proposed', 'more_asked', 'rejected', 'withdrawn', 'approved')),
    version integer NOT NULL CHECK (version > 0),
    licence_key bytea NOT NULL,
    merchant_id uuid,
    proposed_by uuid,
    proposal jsonb,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CHECK ((status = 'approved') = (merchant_id IS NOT NULL)),
    CHECK (status <> 'proposed' OR (proposed_by IS NOT NULL AND proposal IS NOT NULL))
);
CREATE UNIQUE INDEX alliance_application_open_idx ON alliance_application (member_id, licence_key)
    WHERE status IN ('submitted', 'proposed', 'more_asked');
CREATE INDEX alliance_application_status_idx ON alliance_application (status, id);
CREATE UNIQUE INDEX alliance_application_merchant_idx ON alliance_application (merchant_id)
    WHERE merchant_id IS NOT NULL;

CREATE TABLE alliance_application_version (
    id uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES alliance_application,
    version integer NOT NULL,
    company_name text NOT NULL,
    normal_name text NOT NULL,
    pairs text[] NOT NULL,
    licence_number text NOT NULL,
    category text NOT NULL,
    stores jsonb NOT NULL,
    account_kind text NOT NULL CHECK (account_kind IN ('card', 'company')),
    account_holder_sealed text,
    account_number_sealed text,
    account_last_four text NOT NULL,
    bank text NOT NULL,
    contact_name_sealed text,
    contact_phone_sealed text,
    phone_last_four text NOT NULL,
    salesperson_id uuid,
    licence_key bytea NOT NULL,
    account_key bytea NOT NULL,
    phone_key bytea NOT NULL,
    findings jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (application_id, version)
);
CREATE INDEX alliance_application_licence_idx ON alliance_application_version (licence_key);
CREATE INDEX alliance_application_account_idx ON alliance_application_version (account_key);
CREATE INDEX alliance_application_phone_idx ON alliance_application_version (phone_key);
CREATE INDEX alliance_application_pairs_idx ON alliance_application_version USING gin (pairs);

CREATE TABLE alliance_application_step (
    id uuid PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES alliance_application,
    version integer NOT NULL,
    kind text NOT NULL,
    actor_kind text NOT NULL CHECK (actor_kind IN ('member', 'staff')),
    actor_id uuid NOT NULL,
    reason text,
    findings jsonb,
    created_at timestamptz NOT NULL
);
CREATE INDEX alliance_application_step_idx ON alliance_application_step (application_id);
CREATE INDEX alliance_application_step_actor_idx
    ON alliance_application_step (actor_id, created_at) WHERE kind LIKE 'revealed%';
CREATE TRIGGER alliance_application_step_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON alliance_application_step
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();

CREATE TABLE alliance_blacklist (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('licence', 'account', 'phone')),
    key bytea NOT NULL,
    hint text NOT NULL,
    reason text NOT NULL,
    added_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    removal_reason text,
    removed_by uuid,
    removed_at timestamptz,
    CHECK ((removed_at IS NULL) = (removed_by IS NULL)),
    CHECK ((removed_at IS NULL) = (removal_reason IS NULL))
);
CREATE UNIQUE INDEX alliance_blacklist_open_idx ON alliance_blacklist (kind, key)
    WHERE removed_at IS NULL;

CREATE TABLE alliance_merchant_name (
    merchant_id uuid PRIMARY KEY,
    normal_name text NOT NULL,
    pairs text[] NOT NULL
);
CREATE INDEX alliance_merchant_name_pairs_idx ON alliance_merchant_name USING gin (pairs);
CREATE INDEX alliance_merchant_licence_idx ON alliance_merchant (licence_number)
    WHERE licence_number IS NOT NULL;

CREATE TABLE alliance_bank_account_proposal (
    id uuid PRIMARY KEY,
    merchant_id uuid NOT NULL,
    application_version_id uuid NOT NULL UNIQUE REFERENCES alliance_application_version,
    status text NOT NULL CHECK (status IN ('proposed', 'confirmed', 'declined')),
    proposed_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    decided_by uuid CHECK (decided_by <> proposed_by),
    reason text,
    decided_at timestamptz,
    CHECK ((status = 'proposed') = (decided_by IS NULL))
);
"""


def upgrade() -> None:
    """Names and accounts of the merchants there are get their notes from the timetable."""
    op.execute(TABLES)
    op.add_column("alliance_bank_account", sa.Column("number_key", sa.LargeBinary))
    op.create_index("alliance_bank_account_key_idx", "alliance_bank_account", ["number_key"])


def downgrade() -> None:
    """Forget applications and the blacklist; merchants stay."""
    op.drop_index("alliance_bank_account_key_idx", "alliance_bank_account")
    op.drop_column("alliance_bank_account", "number_key")
    op.execute("DROP INDEX alliance_merchant_licence_idx")
    op.execute(
        "DROP TABLE alliance_bank_account_proposal, alliance_merchant_name, alliance_blacklist,"
        " alliance_application_step, alliance_application_version, alliance_application"
    )
