"""Stores as people look for them: hours, telephone, place and words, indexed; proposed changes."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# All pairs of letters of each word, and each letter: Chinese words are mostly of two letters, for
# which trigrams have no index. Computed by the database, so that previous code's stores are found.
FUNCTIONS = """
CREATE FUNCTION alliance_folded(written text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(normalize(written, NFKC));

CREATE FUNCTION alliance_search_terms(folded text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
        SELECT coalesce(array_agg(DISTINCT substr(word, start, size)), ARRAY[]::text[])
        FROM regexp_split_to_table(folded, '\\s+') AS word,
            generate_series(1, 2) AS size,
            generate_series(1, length(word) - size + 1) AS start;
    END;

CREATE FUNCTION alliance_spot(latitude double precision, longitude double precision) RETURNS point
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN point(
        6371000 * radians(longitude),
        6371000 * ln(tan(pi() / 4 + radians(greatest(least(latitude, 85), -85)) / 2))
    );
"""
COLUMNS = """
ALTER TABLE alliance_store
    ADD telephone text,
    ADD weekly_hours jsonb,
    ADD special_days jsonb,
    ADD open_weekly int4multirange,
    ADD special_span tsmultirange,
    ADD special_open tsmultirange,
    ADD spot point GENERATED ALWAYS AS (alliance_spot(latitude, longitude)) STORED,
    ADD search_text text
        GENERATED ALWAYS AS (alliance_folded(name || ' ' || address || ' ' || category)) STORED,
    ADD search_terms text[] GENERATED ALWAYS AS (
        alliance_search_terms(alliance_folded(name || ' ' || address || ' ' || category))
    ) STORED;
CREATE INDEX alliance_store_id_idx ON alliance_store (id);
CREATE INDEX alliance_store_spot_idx ON alliance_store USING gist (spot);
CREATE INDEX alliance_store_search_idx ON alliance_store
    USING gin (search_terms) WITH (fastupdate = off);
"""
CHANGES = """
CREATE TABLE alliance_store_change (
    bucket smallint NOT NULL,
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    merchant_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'applied', 'rejected')),
    wanted jsonb NOT NULL,
    before jsonb,
    note text NOT NULL,
    proposed_by uuid NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, id),
    FOREIGN KEY (bucket, store_id) REFERENCES alliance_store (bucket, id),
    CHECK ((status = 'proposed') = (decided_at IS NULL)),
    CHECK ((status = 'applied') = (before IS NOT NULL))
);
CREATE INDEX alliance_store_change_merchant_idx ON alliance_store_change (merchant_id, id);
CREATE INDEX alliance_store_change_open_idx ON alliance_store_change (id)
    WHERE status = 'proposed';
CREATE UNIQUE INDEX alliance_store_change_proposed_idx ON alliance_store_change (bucket, store_id)
    WHERE status = 'proposed';
"""
NEW = (
    "search_terms", "search_text", "spot", "special_open", "special_span", "open_weekly",
    "special_days", "weekly_hours", "telephone",
)  # fmt: skip


def upgrade() -> None:
    """What is looked for is computed from what previous code writes too."""
    op.execute(FUNCTIONS)
    op.execute(COLUMNS)
    op.execute(CHANGES)


def downgrade() -> None:
    """Hours, telephones and changes are forgotten."""
    op.execute("DROP TABLE alliance_store_change")
    op.execute("DROP INDEX alliance_store_id_idx")
    for column in NEW:
        op.execute(f"ALTER TABLE alliance_store DROP {column}")
    op.execute("DROP FUNCTION alliance_spot(double precision, double precision)")
    op.execute("DROP FUNCTION alliance_search_terms(text)")
    op.execute("DROP FUNCTION alliance_folded(text)")
