"""What stands in every table, so that a refused request can be shown to have changed nothing."""

from __future__ import annotations

from sqlalchemy import text

from app.core.db import read

# What a refusal may leave: its record in the audit log, and the log's own seals.
MAY_CHANGE = {"core_audit", "core_audit_unsealed", "core_audit_seal"}
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")


def digest() -> dict[str, tuple[int, int]]:
    """Each table's number of rows, and a sum over what each row says."""
    names = [name for (name,) in read(_TABLES) if name not in MAY_CHANGE]
    whole = "count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"
    parts = [f"SELECT '{name}', {whole} FROM {name} AS t" for name in names]
    return {name: (rows, total) for name, rows, total in read(text(" UNION ALL ".join(parts)))}


def changed(before: dict[str, tuple[int, int]]) -> list[str]:
    """The tables that differ from what they were."""
    after = digest()
    return sorted(name for name in after if after[name] != before.get(name))
