"""Promotion: links, clicks, what they brought; and since when a campaign was paused."""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE benefits_pause (
    bucket smallint NOT NULL,
    campaign_id uuid NOT NULL,
    paused_at timestamptz NOT NULL,
    resumed_at timestamptz CHECK (resumed_at >= paused_at),
    PRIMARY KEY (bucket, campaign_id, paused_at)
);
INSERT INTO benefits_pause (bucket, campaign_id, paused_at)
    SELECT bucket, id, changed_at FROM benefits_campaign WHERE status = 'paused';
CREATE TABLE benefits_promotion_link (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    member_id uuid NOT NULL,
    subject text NOT NULL CHECK (subject IN ('store', 'product', 'content')),
    target text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    UNIQUE (bucket, campaign_id, member_id, subject, target)
);
CREATE INDEX benefits_promotion_link_campaign_idx ON benefits_promotion_link (campaign_id, id);
CREATE INDEX benefits_promotion_link_member_idx ON benefits_promotion_link (member_id, id);
CREATE TABLE benefits_promotion_click (
    bucket smallint NOT NULL,
    member_id uuid NOT NULL,
    link_id uuid NOT NULL,
    minute timestamptz NOT NULL,
    merchant_id uuid NOT NULL,
    clicked_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, member_id, link_id, minute)
);
CREATE INDEX benefits_promotion_click_member_idx
    ON benefits_promotion_click (member_id, merchant_id, clicked_at);
CREATE INDEX benefits_promotion_click_link_idx ON benefits_promotion_click (link_id, clicked_at);
CREATE INDEX benefits_promotion_click_age_idx ON benefits_promotion_click (clicked_at);
CREATE TABLE benefits_promotion_sale (
    bucket smallint NOT NULL,
    sale_id uuid NOT NULL,
    link_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    promoter_id uuid NOT NULL,
    clicked_at timestamptz NOT NULL,
    purchased_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN
        ('expected', 'waiting', 'paid', 'taken_back', 'refused', 'closed', 'lapsed')),
    reason text,
    amount_fen bigint NOT NULL CHECK (amount_fen >= 0),
    lost_fen bigint NOT NULL DEFAULT 0 CHECK (lost_fen BETWEEN 0 AND amount_fen),
    granted_fen bigint NOT NULL DEFAULT 0 CHECK (granted_fen BETWEEN 0 AND amount_fen),
    grant_id uuid,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, sale_id),
    CHECK (clicked_at <= purchased_at),
    CHECK ((granted_fen > 0) = (grant_id IS NOT NULL))
);
CREATE INDEX benefits_promotion_sale_promoter_idx
    ON benefits_promotion_sale (promoter_id, sale_id);
CREATE INDEX benefits_promotion_sale_link_idx ON benefits_promotion_sale (link_id, purchased_at);
CREATE INDEX benefits_promotion_sale_campaign_idx
    ON benefits_promotion_sale (campaign_id, sale_id);
CREATE INDEX benefits_promotion_sale_open_idx
    ON benefits_promotion_sale (campaign_id, purchased_at)
    WHERE status IN ('expected', 'waiting');
CREATE TABLE benefits_promotion_digest (
    bucket smallint NOT NULL,
    member_id uuid NOT NULL,
    day date NOT NULL,
    sales integer NOT NULL DEFAULT 0,
    earned_fen bigint NOT NULL DEFAULT 0,
    taken_back_fen bigint NOT NULL DEFAULT 0,
    closed_fen bigint NOT NULL DEFAULT 0,
    told_at timestamptz,
    PRIMARY KEY (bucket, member_id, day)
);
CREATE INDEX benefits_promotion_digest_untold_idx ON benefits_promotion_digest (day)
    WHERE told_at IS NULL;
"""


def upgrade() -> None:
    """Until now a promoter had nothing but the share that a split policy may name."""
    op.execute(TABLES)


def downgrade() -> None:
    """What was paid stays in the ledger and in the grants."""
    for table in ("digest", "sale", "click", "link"):
        op.execute(f"DROP TABLE benefits_promotion_{table}")
    op.execute("DROP TABLE benefits_pause")
