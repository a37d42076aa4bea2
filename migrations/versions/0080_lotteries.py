"""Lotteries: chances by purchases, and draws that nobody can change afterwards."""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE benefits_lottery_seed (
    campaign_id uuid NOT NULL PRIMARY KEY,
    seed_sealed text NOT NULL,
    commitment text NOT NULL
);
CREATE TABLE benefits_lottery_book (
    bucket smallint NOT NULL,
    campaign_id uuid NOT NULL,
    draws integer NOT NULL CHECK (draws >= 0),
    head text NOT NULL,
    given jsonb NOT NULL,
    PRIMARY KEY (bucket, campaign_id)
);
CREATE TABLE benefits_lottery_purchase (
    bucket smallint NOT NULL,
    campaign_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    member_id uuid NOT NULL,
    conceded_fen bigint NOT NULL CHECK (conceded_fen >= 0),
    paid_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, campaign_id, sale_id)
);
CREATE INDEX benefits_lottery_purchase_member_idx
    ON benefits_lottery_purchase (campaign_id, member_id);
CREATE INDEX benefits_lottery_purchase_sale_idx ON benefits_lottery_purchase (bucket, sale_id);
CREATE TABLE benefits_lottery_draw (
    bucket smallint NOT NULL,
    campaign_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    nonce text NOT NULL,
    head text NOT NULL,
    picked smallint NOT NULL CHECK (picked >= 0),
    prize smallint NOT NULL CHECK (prize >= 0),
    grant_id uuid,
    created_at timestamptz NOT NULL,
    voided_at timestamptz,
    taken_back_at timestamptz,
    PRIMARY KEY (bucket, campaign_id, number),
    UNIQUE (bucket, id),
    CHECK (taken_back_at IS NULL OR voided_at IS NOT NULL)
);
CREATE INDEX benefits_lottery_draw_campaign_idx ON benefits_lottery_draw (campaign_id, member_id);
CREATE INDEX benefits_lottery_draw_member_idx ON benefits_lottery_draw (member_id, id);
CREATE INDEX benefits_lottery_draw_void_idx ON benefits_lottery_draw (voided_at)
    WHERE voided_at IS NOT NULL AND grant_id IS NOT NULL AND taken_back_at IS NULL;
CREATE FUNCTION benefits_draws_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (NEW.bucket, NEW.campaign_id, NEW.number, NEW.id, NEW.member_id, NEW.nonce, NEW.head,
        NEW.picked, NEW.prize, NEW.created_at)
       IS DISTINCT FROM
       (OLD.bucket, OLD.campaign_id, OLD.number, OLD.id, OLD.member_id, OLD.nonce, OLD.head,
        OLD.picked, OLD.prize, OLD.created_at)
    THEN
        RAISE EXCEPTION 'a draw that was made stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefits_lottery_draw_stays BEFORE UPDATE OR DELETE ON benefits_lottery_draw
    FOR EACH ROW EXECUTE FUNCTION benefits_draws_stay();
CREATE FUNCTION benefits_commitments_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.campaign_id, NEW.commitment)
       IS DISTINCT FROM (OLD.campaign_id, OLD.commitment)
    THEN
        RAISE EXCEPTION 'what a lottery committed itself to stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER benefits_lottery_seed_stays BEFORE UPDATE OR DELETE ON benefits_lottery_seed
    FOR EACH ROW EXECUTE FUNCTION benefits_commitments_stay();
"""


def upgrade() -> None:
    """New tables only; the code before knows nothing of them."""
    op.execute(TABLES)


def downgrade() -> None:
    """What was won stays in the grants and in the ledger."""
    op.execute("DROP TABLE benefits_lottery_draw")
    op.execute("DROP TABLE benefits_lottery_purchase")
    op.execute("DROP TABLE benefits_lottery_book")
    op.execute("DROP TABLE benefits_lottery_seed")
    op.execute("DROP FUNCTION benefits_draws_stay")
    op.execute("DROP FUNCTION benefits_commitments_stay")
