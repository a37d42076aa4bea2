"""What must always hold in the books, each as one question whose every answer is a finding.

The questions trust no stored function: the bucket of an id is computed here.
"""

from __future__ import annotations


def _bucket(column: str) -> str:
    value = f"uuid_send({column})"
    return f"((get_byte({value}, 14) & 3) << 8 | get_byte({value}, 15))"


# The balance an account must show: all its entries, less the append-only ones not yet folded.
_APPLIED = """
    SELECT e.owner_id, e.account,
           sum(e.amount_fen) FILTER (WHERE NOT waits) AS amount,
           count(*) FILTER (WHERE NOT waits) AS entries
    FROM (SELECT e.*, q.journal_id IS NOT NULL
                 AND (e.account >= 200 OR (e.account >= 100 AND e.amount_fen > 0)) AS waits
          FROM ledger_entry AS e LEFT JOIN ledger_unsealed AS q USING (bucket, journal_id)) AS e
    GROUP BY e.owner_id, e.account
"""

CHECKS: dict[str, str] = {
    "all accounts together come to 0": """
        SELECT sum(amount_fen) FROM ledger_entry HAVING sum(amount_fen) <> 0
    """,
    "each journal has entries and they come to 0": f"""
        SELECT coalesce(j.id, e.journal_id), e.total
        FROM ledger_journal AS j FULL JOIN (
            SELECT bucket, journal_id, sum(amount_fen) AS total
            FROM ledger_entry GROUP BY bucket, journal_id
        ) AS e ON e.bucket = j.bucket AND e.journal_id = j.id
        WHERE j.id IS NULL OR e.total IS DISTINCT FROM 0 OR j.bucket <> {_bucket("j.id")}
    """,
    "each entry is of a form that can be posted": """
        SELECT journal_id, leg FROM ledger_entry
        WHERE amount_fen = 0 OR (lot_id IS NOT NULL) <> (account < 10)
           OR (version IS NOT NULL) <> (account < 100) OR leg < 1
    """,
    "a key stands for one journal, and a journal is reversed once": """
        SELECT principal_id, key FROM ledger_journal
        GROUP BY bucket, principal_id, key HAVING count(*) > 1
        UNION ALL
        SELECT reverses_id, NULL FROM ledger_journal WHERE reverses_id IS NOT NULL
        GROUP BY bucket, reverses_id HAVING count(*) > 1
    """,
    "running balances follow from entry to entry, without gap": """
        SELECT owner_id, account, version FROM (
            SELECT *, sum(amount_fen) OVER line AS total, row_number() OVER line AS number
            FROM ledger_entry WHERE account < 100
            WINDOW line AS (PARTITION BY owner_id, account ORDER BY version)
        ) AS e WHERE balance_fen IS DISTINCT FROM total OR version IS DISTINCT FROM number
    """,
    "no journal left a running balance beyond its limits": """
        SELECT owner_id, account, version FROM (
            SELECT e.*, k.floor_fen, k.ceiling_fen, k.floor_per_owner,
                   lead(journal_id) OVER (PARTITION BY owner_id, account ORDER BY version) AS next
            FROM ledger_entry AS e JOIN ledger_account_kind AS k ON k.code = e.account
            WHERE account < 100
        ) AS e
        WHERE journal_id IS DISTINCT FROM next
          AND (balance_fen > ceiling_fen OR (balance_fen < floor_fen AND NOT floor_per_owner))
    """,
    "each balance is the sum of its entries": f"""
        SELECT coalesce(a.owner_id, e.owner_id), coalesce(a.account, e.account)
        FROM ledger_account AS a FULL JOIN ({_APPLIED}) AS e USING (owner_id, account)
        WHERE coalesce(a.balance_fen, 0) <> coalesce(e.amount, 0)
           OR coalesce(a.version, 0) <> coalesce(e.entries, 0)
           OR a.bucket <> {_bucket("a.owner_id")}
    """,
    "each lot is the sum of its entries": f"""
        SELECT coalesce(l.owner_id, e.owner_id), coalesce(l.account, e.account), lot_id
        FROM ledger_lot AS l FULL JOIN (
            SELECT owner_id, account, lot_id, sum(amount_fen) AS amount
            FROM ledger_entry WHERE account < 10 GROUP BY owner_id, account, lot_id
        ) AS e USING (owner_id, account, lot_id)
        WHERE coalesce(l.balance_fen, 0) <> coalesce(e.amount, 0)
           OR l.bucket <> {_bucket("l.owner_id")}
    """,
    "the lots of an account come to its balance": """
        SELECT a.owner_id, a.account FROM ledger_account AS a
        LEFT JOIN ledger_lot AS l USING (owner_id, account) WHERE account < 10
        GROUP BY a.owner_id, a.account, a.balance_fen
        HAVING a.balance_fen <> coalesce(sum(l.balance_fen), 0)
    """,
    "limits are those of the kind, and kept": """
        SELECT a.owner_id, a.account FROM ledger_account AS a
        LEFT JOIN ledger_account_kind AS k ON k.code = a.account
        WHERE k.code IS NULL OR a.balance_fen < a.floor_fen OR a.balance_fen > a.ceiling_fen
           OR a.ceiling_fen IS DISTINCT FROM k.ceiling_fen
           OR (a.floor_fen IS DISTINCT FROM k.floor_fen AND NOT k.floor_per_owner)
           OR (a.floor_fen IS NULL AND k.floor_per_owner)
        UNION ALL
        SELECT owner_id, account FROM ledger_lot WHERE balance_fen < 0
    """,
    "each journal is sealed once or waits for it": """
        SELECT coalesce(j.id, s.id), s.times, q.journal_id
        FROM ledger_journal AS j
        FULL JOIN (SELECT id, count(*) AS times FROM ledger_seal, unnest(journal_ids) AS u (id)
                   GROUP BY id) AS s ON s.id = j.id
        FULL JOIN ledger_unsealed AS q ON q.journal_id = j.id AND q.bucket = j.bucket
        WHERE j.id IS NULL OR coalesce(s.times, 0) + (q.journal_id IS NOT NULL)::int <> 1
    """,
    "the tables refuse changes": """
        SELECT t.name
        FROM (VALUES ('ledger_journal'), ('ledger_entry'), ('ledger_seal'), ('ledger_closing'),
                     ('ledger_closing_day')) AS t (name)
        WHERE NOT EXISTS (SELECT FROM pg_trigger AS g
            WHERE g.tgrelid = t.name::regclass AND g.tgname = t.name || '_immutable'
              AND g.tgenabled = 'O')
    """,
    "closed days follow from each other by what the buckets moved": """
        SELECT day, name FROM (
            SELECT d.day, k.name, coalesce((d.balances ->> k.name)::bigint, 0) AS stated,
                   sum(coalesce(m.moved, 0)) OVER (PARTITION BY k.code ORDER BY d.day) AS total
            FROM ledger_closing_day AS d CROSS JOIN ledger_account_kind AS k
            LEFT JOIN (SELECT account, day, sum(moved_fen) AS moved FROM ledger_closing
                       GROUP BY account, day) AS m ON m.account = k.code AND m.day = d.day
        ) AS c WHERE stated <> total
    """,
    "the last closed day holds what its seals hold": f"""
        WITH d AS (SELECT * FROM ledger_closing_day ORDER BY day DESC LIMIT 1)
        SELECT d.day, k.name FROM d CROSS JOIN ledger_account_kind AS k
        LEFT JOIN (
            SELECT e.account, sum(e.amount_fen) AS total
            FROM d JOIN ledger_seal AS s ON s.seq <= d.last_seal,
                 unnest(s.journal_ids) AS u (id)
            JOIN ledger_entry AS e ON e.bucket = {_bucket("u.id")} AND e.journal_id = u.id
            GROUP BY e.account
        ) AS t ON t.account = k.code
        WHERE coalesce((d.balances ->> k.name)::bigint, 0) <> coalesce(t.total, 0)
    """,
}
