"""Service messages: who agreed to them, and the messages."""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE notices_mailing_consent (
    id uuid PRIMARY KEY,
    member_id uuid NOT NULL,
    version text NOT NULL,
    door text NOT NULL,
    given_at timestamptz NOT NULL,
    withdrawn_at timestamptz CHECK (withdrawn_at >= given_at)
);
CREATE UNIQUE INDEX notices_mailing_consent_present_idx ON notices_mailing_consent (member_id)
    WHERE withdrawn_at IS NULL;
CREATE INDEX notices_mailing_consent_member_idx ON notices_mailing_consent (member_id, id);
CREATE TABLE notices_mailing (
    id uuid PRIMARY KEY,
    merchant_id uuid,
    title text NOT NULL,
    text text NOT NULL,
    segment jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('counting', 'counted', 'scheduled', 'rejected',
        'running', 'paused', 'done', 'stopped')),
    counted integer NOT NULL,
    queued integer NOT NULL,
    after uuid,
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    reviewed_by uuid CHECK (reviewed_by <> written_by),
    reviewed_at timestamptz,
    starts_at timestamptz,
    changed_by uuid,
    reason text,
    ended_at timestamptz
);
CREATE INDEX notices_mailing_merchant_idx ON notices_mailing (merchant_id, id);
CREATE INDEX notices_notice_mailing_idx ON notices_notice (event, state)
    WHERE kind = 'member.offer';
"""


def upgrade() -> None:
    """Nobody was asked before."""
    op.execute(TABLES)


def downgrade() -> None:
    """Forget messages and consents."""
    op.execute("DROP INDEX notices_notice_mailing_idx")
    op.drop_table("notices_mailing")
    op.drop_table("notices_mailing_consent")
