"""What is left of somebody: looked for in every table and in Redis, in clear and as any cipher."""

from __future__ import annotations

import json
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from app.core import crypto
from app.core.db import read
from app.core.relay import connect_redis

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


class Seals:
    """What was ever encrypted while a test ran: the text, and its cipher."""

    def __init__(self, monkeypatch):
        self.made: list[tuple[str, str]] = []
        seals = self

        class Recording:
            """The library's cipher, which also tells what it sealed."""

            def __init__(self, key):
                self._cipher = AESGCM(key)
                self.decrypt = self._cipher.decrypt

            def encrypt(self, nonce, data, associated_data):
                sealed = self._cipher.encrypt(nonce, data, associated_data)
                seals.made.append((data.decode(), b64encode(nonce + sealed).decode()))
                return sealed

        monkeypatch.setattr(crypto, "AESGCM", Recording)
        crypto._ring.cache_clear()

    def of(self, canaries):
        return [sealed for plain, sealed in self.made if any(each in plain for each in canaries)]


def everything():
    """All rows of all tables, and all that Redis holds, as texts with their place."""
    for (table,) in read(text(TABLES)):
        for row in read(text(f"SELECT to_jsonb(t)::text FROM {table} AS t")):
            yield table, row[0]
    for key in connect_redis().scan_iter():
        yield "redis", f"{key} {connect_redis().dump(key)}"


def found(needles):
    """Where any of the needles stands; as JSON would write them, too."""
    wanted = [form for each in needles for form in (each, json.dumps(each)[1:-1])]
    return sorted({place for place, row in everything() if any(each in row for each in wanted)})
