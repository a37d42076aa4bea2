"""Drafts of split policies, and when published versions take effect."""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alliance_policy_draft (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    shares_bp jsonb NOT NULL,
    fallbacks jsonb NOT NULL,
    one_person_one_share boolean NOT NULL,
    note text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    status text NOT NULL CHECK (status IN ('open', 'published', 'discarded')),
    editors uuid[] NOT NULL CHECK (cardinality(editors) > 0),
    policy_id uuid,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    FOREIGN KEY (bucket, policy_id) REFERENCES alliance_policy (bucket, id),
    CHECK ((status = 'published') = (policy_id IS NOT NULL))
);

CREATE TABLE alliance_policy_release (
    bucket smallint NOT NULL,
    policy_id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    takes_effect_at timestamptz NOT NULL,
    published_by uuid NOT NULL,
    published_at timestamptz NOT NULL,
    withdrawn_at timestamptz CHECK (withdrawn_at < takes_effect_at),
    withdrawn_by uuid,
    withdrawal_reason text,
    PRIMARY KEY (bucket, policy_id),
    FOREIGN KEY (bucket, policy_id) REFERENCES alliance_policy (bucket, id),
    CHECK (num_nulls(withdrawn_at, withdrawn_by, withdrawal_reason) IN (0, 3))
);
CREATE UNIQUE INDEX alliance_policy_release_moment_idx
    ON alliance_policy_release (bucket, name, takes_effect_at) WHERE withdrawn_at IS NULL;
"""

# A release never goes away; all that may ever change of it is that it is withdrawn, once.
GUARD = """
CREATE FUNCTION alliance_guard_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
       OR (NEW.bucket, NEW.policy_id, NEW.name, NEW.version, NEW.takes_effect_at,
           NEW.published_by, NEW.published_at)
          IS DISTINCT FROM
          (OLD.bucket, OLD.policy_id, OLD.name, OLD.version, OLD.takes_effect_at,
           OLD.published_by, OLD.published_at)
    THEN
        RAISE EXCEPTION 'a release of a policy is immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER alliance_policy_release_guard BEFORE UPDATE OR DELETE ON alliance_policy_release
    FOR EACH ROW EXECUTE FUNCTION alliance_guard_release();
"""


def upgrade() -> None:
    """Create drafts and releases."""
    op.execute(TABLES)
    op.execute(GUARD)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("alliance_policy_draft")
    op.drop_table("alliance_policy_release")
    op.execute("DROP FUNCTION alliance_guard_release()")
