-- Sealing and folding. What a journal is, as text of which the digest is taken (UTF-8, lines
-- ended by a line feed; strings as in JSON; moments in microseconds since 1970; "-" for nothing):
--   journal <id> <kind> <reference> <principal> <key> <fingerprint> <reverses> <posted_at>
--   entry <leg> <owner> <account> <lot> <amount_fen> <balance_fen> <version> <posted_at>
-- one line an entry, by leg. `audit verify` has the same text in app/ledger/canonical.py and does
-- not trust this function.
CREATE FUNCTION ledger_digests(p_journals uuid[]) RETURNS TABLE (n bigint, digest bytea)
LANGUAGE sql STABLE AS $$
    SELECT u.n, sha256(convert_to(concat_ws(' ',
        'journal', j.id, to_json(j.kind), j.reference_id, j.principal_id, to_json(j.key),
        encode(j.fingerprint, 'hex'), coalesce(j.reverses_id::text, '-'),
        (extract(epoch FROM j.posted_at) * 1000000)::bigint) || E'\n' || e.lines, 'UTF8'))
    FROM unnest(p_journals) WITH ORDINALITY AS u (id, n)
    JOIN ledger_journal AS j ON j.bucket = ledger_bucket(u.id) AND j.id = u.id
    CROSS JOIN LATERAL (
        SELECT string_agg(concat_ws(' ',
            'entry', e.leg, e.owner_id, e.account, coalesce(e.lot_id::text, '-'), e.amount_fen,
            coalesce(e.balance_fen::text, '-'), coalesce(e.version::text, '-'),
            (extract(epoch FROM e.posted_at) * 1000000)::bigint) || E'\n', '' ORDER BY e.leg)
            AS lines
        FROM ledger_entry AS e WHERE e.bucket = j.bucket AND e.journal_id = j.id
    ) AS e
$$;

-- The hash of a seal: of the hash before it, a line `seal <seq> <first position> <number of
-- journals> <sealed_at>`, and the digests of its journals in their order.
CREATE FUNCTION ledger_seal_hash(
    p_previous bytea, p_seq bigint, p_first bigint, p_journals uuid[], p_sealed_at timestamptz
) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(p_previous || convert_to(concat_ws(' ',
        'seal', p_seq, p_first, cardinality(p_journals),
        (extract(epoch FROM p_sealed_at) * 1000000)::bigint) || E'\n', 'UTF8')
        || string_agg(d.digest, ''::bytea ORDER BY d.n))
    FROM ledger_digests(p_journals) AS d
$$;

-- Seals up to p_limit journals that wait, and folds their append-only entries into balances:
-- the credits of accounts with a floor (their debits were applied at posting), all entries of
-- the others. One sealer at a time; others wait. Returns the number of journals sealed.
CREATE FUNCTION ledger_fold_and_seal(p_limit integer, p_sealed_at timestamptz) RETURNS integer
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
DECLARE
    taken uuid[]; number bigint; position bigint; before bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger_fold_and_seal', 0));
    WITH gone AS (
        DELETE FROM ledger_unsealed
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM ledger_unsealed LIMIT p_limit))
        RETURNING journal_id
    )
    SELECT array_agg(journal_id ORDER BY journal_id) INTO taken FROM gone;
    IF taken IS NULL THEN
        RETURN 0;
    END IF;

    SELECT s.seq, s.hash, s.first_position + cardinality(s.journal_ids)
    INTO number, before, position FROM ledger_seal AS s ORDER BY s.seq DESC LIMIT 1;
    number := coalesce(number, 0) + 1;
    position := coalesce(position, 1);
    before := coalesce(before, decode(repeat('00', 32), 'hex'));
    INSERT INTO ledger_seal (seq, first_position, previous_hash, hash, journal_ids, sealed_at)
    VALUES (number, position, before,
            ledger_seal_hash(before, number, position, taken, p_sealed_at), taken, p_sealed_at);

    INSERT INTO ledger_account AS a
        (bucket, owner_id, account, balance_fen, version, floor_fen, ceiling_fen)
    SELECT ledger_bucket(c.owner_id), c.owner_id, c.account, c.amount, c.entries,
           k.floor_fen, k.ceiling_fen
    FROM (SELECT e.owner_id, e.account, sum(e.amount_fen)::bigint AS amount, count(*) AS entries
          FROM unnest(taken) AS u (id)
          JOIN ledger_entry AS e ON e.bucket = ledger_bucket(u.id) AND e.journal_id = u.id
          WHERE e.account >= 200 OR (e.account >= 100 AND e.amount_fen > 0)
          GROUP BY e.owner_id, e.account) AS c
    JOIN ledger_account_kind AS k ON k.code = c.account
    ORDER BY c.owner_id, c.account
    ON CONFLICT (bucket, owner_id, account) DO UPDATE
    SET balance_fen = a.balance_fen + excluded.balance_fen,
        version = a.version + excluded.version;
    RETURN cardinality(taken);
END $$;
