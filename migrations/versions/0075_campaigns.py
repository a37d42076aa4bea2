"""Campaigns that give something away, and what each gave to whom."""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

TABLES = """
INSERT INTO ledger_account_kind
    (code, name, append_only, uses_lots, floor_fen, ceiling_fen, floor_per_owner)
VALUES (24, 'campaign_pot', false, false, 0, NULL, false);
CREATE TABLE benefits_campaign (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    benefit text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    merchant_id uuid,
    funder text NOT NULL
        CHECK (funder IN ('campaign_fund', 'offer_budget', 'queue_pool', 'payer')),
    settings jsonb NOT NULL,
    audience jsonb NOT NULL,
    budget_fen bigint NOT NULL CHECK (budget_fen >= 0),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    status text NOT NULL CHECK (status IN ('draft', 'published', 'paused', 'ended')),
    fundings smallint NOT NULL DEFAULT 0,
    returns smallint NOT NULL DEFAULT 0,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    published_by uuid,
    published_at timestamptz,
    changed_at timestamptz NOT NULL,
    ended_at timestamptz,
    returned_at timestamptz,
    reason text,
    PRIMARY KEY (bucket, id),
    CHECK ((status = 'draft') = (published_at IS NULL)),
    CHECK ((status = 'ended') = (ended_at IS NOT NULL)),
    CHECK (published_by IS NULL OR published_by <> created_by),
    CHECK ((funder = 'offer_budget') <= (merchant_id IS NOT NULL))
);
CREATE INDEX benefits_campaign_status_idx ON benefits_campaign (benefit, status, ends_at);
CREATE INDEX benefits_campaign_unreturned_idx ON benefits_campaign (ended_at)
    WHERE status = 'ended' AND returned_at IS NULL;
CREATE FUNCTION benefits_rules_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL AND
       (NEW.benefit, NEW.name, NEW.name_en, NEW.merchant_id, NEW.funder, NEW.settings,
        NEW.audience, NEW.starts_at, NEW.ends_at, NEW.published_at)
       IS DISTINCT FROM
       (OLD.benefit, OLD.name, OLD.name_en, OLD.merchant_id, OLD.funder, OLD.settings,
        OLD.audience, OLD.starts_at, OLD.ends_at, OLD.published_at)
    THEN
        RAISE EXCEPTION 'the rules of a published campaign stay';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefits_campaign_rules_stay BEFORE UPDATE ON benefits_campaign
    FOR EACH ROW EXECUTE FUNCTION benefits_rules_stay();
CREATE TABLE benefits_grant (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    benefit text NOT NULL,
    key text NOT NULL,
    owner_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    escrow_of uuid,
    purse text NOT NULL CHECK (purse IN ('rebate', 'rebate_pending', 'experience')),
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    tax_fen bigint NOT NULL DEFAULT 0 CHECK (tax_fen >= 0),
    collected_fen bigint NOT NULL DEFAULT 0 CHECK (collected_fen >= 0),
    taken_back_fen bigint NOT NULL DEFAULT 0 CHECK (taken_back_fen BETWEEN 0 AND amount_fen),
    taken_free_fen bigint NOT NULL DEFAULT 0 CHECK (taken_free_fen >= 0),
    takings_back smallint NOT NULL DEFAULT 0,
    journal_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    release_at timestamptz,
    released_at timestamptz,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, campaign_id, owner_id, key),
    CHECK (tax_fen + collected_fen <= amount_fen),
    CHECK (taken_free_fen <= amount_fen - tax_fen - collected_fen)
);
CREATE INDEX benefits_grant_campaign_idx ON benefits_grant (campaign_id, id);
CREATE INDEX benefits_grant_owner_idx ON benefits_grant (owner_id, id);
CREATE INDEX benefits_grant_subject_idx ON benefits_grant (subject_id);
CREATE INDEX benefits_grant_release_idx ON benefits_grant (release_at)
    WHERE release_at IS NOT NULL AND released_at IS NULL;
"""


def upgrade() -> None:
    """Until now nothing was given away but by rules of other rooms."""
    op.execute(TABLES)


def downgrade() -> None:
    """What was paid stays in the ledger."""
    op.execute("DROP TABLE benefits_grant")
    op.execute("DROP TABLE benefits_campaign")
    op.execute("DROP FUNCTION benefits_rules_stay")
    op.execute("DELETE FROM ledger_account_kind WHERE code = 24")
