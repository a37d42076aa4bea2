-- Moves one account's balance, opening the account if need be, and holds its lock. `low` and
-- `high` are the extremes on the way. Returns balance and version before the move; LH001 if a
-- floor or ceiling would be passed.
CREATE FUNCTION ledger_move(
    p_owner uuid, p_account smallint, net bigint, low bigint, high bigint, entries integer,
    OUT balance_fen bigint, OUT version bigint
) LANGUAGE plpgsql AS $$
BEGIN
    FOR attempt IN 1 .. 2 LOOP
        UPDATE ledger_account AS a
        SET balance_fen = a.balance_fen + net, version = a.version + entries
        WHERE a.bucket = ledger_bucket(p_owner) AND a.owner_id = p_owner AND a.account = p_account
          AND (a.floor_fen IS NULL OR a.balance_fen + low >= a.floor_fen)
          AND (a.ceiling_fen IS NULL OR a.balance_fen + high <= a.ceiling_fen)
        RETURNING a.balance_fen - net, a.version - entries
        INTO ledger_move.balance_fen, ledger_move.version;
        EXIT WHEN FOUND;
        IF attempt = 2 THEN
            PERFORM ledger_refuse_short(p_owner, p_account, NULL);
        END IF;
        PERFORM ledger_open(p_owner, p_account);
    END LOOP;
END $$;

-- Opens an account with the limits of its kind; does nothing if it is open. LH005: no such kind.
CREATE FUNCTION ledger_open(p_owner uuid, p_account smallint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_account_kind WHERE code = p_account) THEN
        RAISE EXCEPTION 'there is no account kind %', p_account USING ERRCODE = 'LH005';
    END IF;
    INSERT INTO ledger_account (bucket, owner_id, account, floor_fen, ceiling_fen)
    SELECT ledger_bucket(p_owner), p_owner, code, floor_fen, ceiling_fen
    FROM ledger_account_kind WHERE code = p_account
    ON CONFLICT DO NOTHING;
END $$;

-- Opens a lot, whose account the caller has locked. LH001 if it would begin below zero, or if it
-- is open and would fall below zero.
CREATE FUNCTION ledger_open_lot(p_owner uuid, p_account smallint, p_lot uuid, amount bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF amount < 0 THEN
        PERFORM ledger_refuse_short(p_owner, p_account, p_lot);
    END IF;
    INSERT INTO ledger_lot (bucket, owner_id, account, lot_id, balance_fen)
    VALUES (ledger_bucket(p_owner), p_owner, p_account, p_lot, amount);
END $$;

CREATE FUNCTION ledger_refuse_short(p_owner uuid, p_account smallint, p_lot uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'account % of % does not allow this', p_account, p_owner
        USING ERRCODE = 'LH001', DETAIL = json_build_object(
            'owner_id', p_owner, 'account', p_account, 'lot_id', p_lot)::text;
END $$;

-- For each journal: the one already standing under its key, or null if it was inserted by the
-- running call (it has no entries yet). LH002 if the standing one was another request.
CREATE FUNCTION ledger_standing(
    p_journal uuid[], p_principal uuid[], p_key text[], p_fingerprint bytea[]
) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
    found_id uuid; found_fingerprint bytea;
    standing uuid[] := array_fill(NULL::uuid, ARRAY[cardinality(p_journal)]);
BEGIN
    FOR i IN 1 .. cardinality(p_journal) LOOP
        SELECT id, fingerprint INTO found_id, found_fingerprint FROM ledger_journal
        WHERE bucket = ledger_bucket(p_journal[i]) AND principal_id = p_principal[i]
          AND key = p_key[i];
        IF found_fingerprint <> p_fingerprint[i] THEN
            RAISE EXCEPTION 'key % was used for another request', p_key[i]
                USING ERRCODE = 'LH002', DETAIL = json_build_object(
                    'principal_id', p_principal[i], 'key', p_key[i])::text;
        END IF;
        IF found_id <> p_journal[i] OR EXISTS (
            SELECT FROM ledger_entry
            WHERE bucket = ledger_bucket(found_id) AND journal_id = found_id) THEN
            standing[i] := found_id;
        END IF;
    END LOOP;
    RETURN standing;
END $$;

-- Posting, in one round trip: one or many journals at once, all or none.
--
-- Journals and legs come as parallel arrays. Legs must be sorted by owner, account, journal (the
-- position in p_journal) and leg number: the order of locks, the same for every caller. The nil
-- UUID stands for "no lot" and "reverses nothing".
-- Returns, for each journal, null if it was posted now, else the id of the journal that already
-- stands under the same (principal, key): its legs are skipped. Returns null when all are new.
-- Floors and ceilings of accounts hold after each journal, those of lots after each leg.
-- Errors: LH001 floor or ceiling of an account, or a lot, LH002 key used for another request,
-- LH003 a journal does not balance, LH005 a malformed call.
--
-- Accounts are changed one by one, not in one statement, whose order would be the planner's. The
-- settings keep one plan for all calls, the one that finds rows by their key.
CREATE FUNCTION ledger_post(
    p_posted_at timestamptz,
    p_journal uuid[], p_kind text[], p_reference uuid[], p_principal uuid[], p_key text[],
    p_fingerprint bytea[], p_reverses uuid[],
    p_leg_journal integer[], p_leg smallint[], p_owner uuid[], p_account smallint[],
    p_lot uuid[], p_amount bigint[]
) RETURNS uuid[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
AS $$
DECLARE
    nil CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    journals CONSTANT integer := cardinality(p_journal);
    legs CONSTANT integer := cardinality(p_owner);
    standing uuid[];  -- of each journal; null as a whole when all are new
    sums bigint[] := array_fill(NULL::bigint, ARRAY[journals]);
    balances bigint[] := array_fill(NULL::bigint, ARRAY[legs]);
    versions bigint[] := array_fill(NULL::bigint, ARRAY[legs]);
    first integer := 1; last integer; j integer;
    owner uuid; code smallint; amount bigint; net bigint; low bigint; high bigint; count integer;
    balance bigint; version bigint; lot uuid;
BEGIN
    INSERT INTO ledger_journal
        (bucket, id, kind, reference_id, principal_id, key, fingerprint, reverses_id, posted_at)
    SELECT ledger_bucket(u.id), u.id, u.kind, u.reference, u.principal, u.key, u.fingerprint,
           nullif(u.reverses, nil), p_posted_at
    FROM unnest(p_journal, p_kind, p_reference, p_principal, p_key, p_fingerprint, p_reverses)
         AS u (id, kind, reference, principal, key, fingerprint, reverses)
    ON CONFLICT (bucket, principal_id, key) DO NOTHING;
    GET DIAGNOSTICS count = ROW_COUNT;
    IF count < journals THEN
        standing := ledger_standing(p_journal, p_principal, p_key, p_fingerprint);
    END IF;

    WHILE first <= legs LOOP  -- one turn an account
        owner := p_owner[first]; code := p_account[first]; last := first;
        net := 0; count := 0; low := NULL; high := NULL;
        LOOP  -- what its legs come to, and the extremes after each journal
            j := p_leg_journal[last];
            IF standing IS NULL OR standing[j] IS NULL THEN
                amount := p_amount[last];
                IF amount = 0 OR (code < 10) = (p_lot[last] = nil) THEN
                    RAISE EXCEPTION 'leg % of journal % is 0, or its lot is missing or extra',
                        p_leg[last], p_journal[j] USING ERRCODE = 'LH003';
                END IF;
                sums[j] := coalesce(sums[j], 0) + amount;
                IF code < 100 OR (code < 200 AND amount < 0) THEN
                    net := net + amount; count := count + 1;
                END IF;
            END IF;
            EXIT WHEN last = legs OR p_owner[last + 1] <> owner OR p_account[last + 1] <> code;
            IF p_leg_journal[last + 1] <> j THEN
                low := least(low, net); high := greatest(high, net);
            END IF;
            last := last + 1;
        END LOOP;
        IF last < legs AND (p_owner[last + 1], p_account[last + 1]) <= (owner, code) THEN
            RAISE EXCEPTION 'legs are not sorted' USING ERRCODE = 'LH005';
        END IF;
        IF count > 0 THEN
            low := least(low, net); high := greatest(high, net);
            UPDATE ledger_account AS a
            SET balance_fen = a.balance_fen + net, version = a.version + count
            WHERE a.bucket = ledger_bucket(owner) AND a.owner_id = owner AND a.account = code
              AND (a.floor_fen IS NULL OR a.balance_fen + low >= a.floor_fen)
              AND (a.ceiling_fen IS NULL OR a.balance_fen + high <= a.ceiling_fen)
            RETURNING a.balance_fen - net, a.version - count INTO balance, version;
            IF NOT FOUND THEN  -- not yet open, or refused
                SELECT a.balance_fen, a.version INTO balance, version
                FROM ledger_move(owner, code, net, low, high, count) AS a;
            END IF;
            FOR i IN first .. CASE WHEN code < 100 THEN last ELSE 0 END LOOP
                CONTINUE WHEN standing[p_leg_journal[i]] IS NOT NULL;
                amount := p_amount[i];
                balance := balance + amount; version := version + 1;
                balances[i] := balance; versions[i] := version;
                CONTINUE WHEN code >= 10;
                lot := p_lot[i];
                UPDATE ledger_lot AS l SET balance_fen = l.balance_fen + amount
                WHERE l.bucket = ledger_bucket(owner) AND l.owner_id = owner AND l.account = code
                  AND l.lot_id = lot AND l.balance_fen + amount >= 0;
                IF NOT FOUND THEN
                    PERFORM ledger_open_lot(owner, code, lot, amount);
                END IF;
            END LOOP;
        END IF;
        first := last + 1;
    END LOOP;
    FOR i IN 1 .. journals LOOP
        IF sums[i] IS DISTINCT FROM 0 AND standing[i] IS NULL THEN
            RAISE EXCEPTION 'journal % does not balance', p_journal[i] USING ERRCODE = 'LH003';
        END IF;
    END LOOP;

    INSERT INTO ledger_entry (bucket, journal_id, leg, account, owner_id, lot_id, amount_fen,
                              balance_fen, version, posted_at)
    SELECT ledger_bucket(p_journal[u.j]), p_journal[u.j], u.leg, u.account, u.owner,
           nullif(u.lot, nil), u.amount, u.balance, u.version, p_posted_at
    FROM unnest(p_leg_journal, p_leg, p_account, p_owner, p_lot, p_amount, balances, versions)
         AS u (j, leg, account, owner, lot, amount, balance, version)
    WHERE standing IS NULL OR standing[u.j] IS NULL;
    INSERT INTO ledger_unsealed (bucket, journal_id)
    SELECT ledger_bucket(u.id), u.id FROM unnest(p_journal) WITH ORDINALITY AS u (id, j)
    WHERE standing IS NULL OR standing[u.j] IS NULL;
    RETURN standing;
END $$;

-- The same for callers who go on without the posting when funds are short: then nothing is
-- posted and the empty array is returned, where ledger_post raises LH001.
CREATE FUNCTION ledger_post_if_funded(
    p_posted_at timestamptz,
    p_journal uuid[], p_kind text[], p_reference uuid[], p_principal uuid[], p_key text[],
    p_fingerprint bytea[], p_reverses uuid[],
    p_leg_journal integer[], p_leg smallint[], p_owner uuid[], p_account smallint[],
    p_lot uuid[], p_amount bigint[]
) RETURNS uuid[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN ledger_post(p_posted_at, p_journal, p_kind, p_reference, p_principal, p_key,
                       p_fingerprint, p_reverses, p_leg_journal, p_leg, p_owner, p_account,
                       p_lot, p_amount);
EXCEPTION WHEN SQLSTATE 'LH001' THEN
    RETURN '{}';
END $$;

-- Raises LH007 if any journal was standing already, for callers who must know before they go on.
CREATE FUNCTION ledger_require_new(standing uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF standing IS NOT NULL THEN
        RAISE EXCEPTION 'a journal is standing already' USING ERRCODE = 'LH007';
    END IF;
END $$;
