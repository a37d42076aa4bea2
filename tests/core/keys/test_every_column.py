"""Each declared encrypted column is really moved from key to key, and read afterwards."""

import base64

import pytest
from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    select,
    text,
)

from app.alliance.profit_sharing.models import PayoutChannel
from app.core import crypto
from app.core.config import settings
from app.core.db import db, in_transaction
from app.core.keys import columns, rotation
from app.core.world import new_id, now

pytestmark = pytest.mark.usefixtures("context")
NEW = "another:" + base64.b64encode(b"a third key, not for real use...").decode()
# What a table asks for beyond the kinds of its columns.
ASKED = {
    "alliance_bank_account_proposal": {"status": "proposed", "last_four": "1234", "bank": "银行"},
    "alliance_sharing_receiver": {"relation": "STORE", "state": "wanted", "account": "1900000109"},
    "alliance_application_version": {"account_kind": "card"},
    "alliance_application_picture": {"kind": "licence"},
    "benefits_errand_words": {"kind": "places"},
    "members_binding_dispute": {"state": "open"},
    "members_invitation": {"state": "open"},
    "notices_ticket_message": {"author": "member", "is_internal": False},
}


@pytest.fixture
def two_keys(monkeypatch):
    """Has a new key encrypt, and the one before still read."""
    before = settings().pii_keys.get_secret_value()
    tables = ", ".join(sorted({place.table.name for place in columns.columns()}))
    in_transaction(
        lambda: db.session.execute(text(f"TRUNCATE {tables}, members_real_name_claim CASCADE"))
    )

    def change(ring):
        monkeypatch.setenv("PII_KEYS", ring)
        settings.cache_clear()

    yield lambda: change(f"{NEW},{before}")
    monkeypatch.undo()
    settings.cache_clear()
    in_transaction(
        lambda: db.session.execute(text(f"TRUNCATE {tables}, members_real_name_claim CASCADE"))
    )


def something(column):
    """A value of a column's kind."""
    kinds = {
        Uuid: new_id,
        LargeBinary: lambda: new_id().bytes * 2,
        DateTime: now,
        SmallInteger: lambda: 1,
        Integer: lambda: 1,
        Boolean: lambda: True,
        ARRAY: list,
        JSON: list,
        Text: lambda: new_id().hex,
    }
    return next(make for kind, make in kinds.items() if isinstance(column.type, kind))()


def write_row(table, places):
    """One row with a cipher text in each encrypted column; its key."""
    values = {c.name: something(c) for c in table.columns if c.primary_key or not c.nullable}
    values |= ASKED.get(table.name, {})
    (key,) = (values[column.name] for column in table.primary_key.columns)
    for place in places:
        values[place.column.name] = crypto.encrypt(f"of {place.name}", place.context(key))

    def write():
        # Rows of other tables that it names are not what these tests are about.
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        db.session.execute(table.insert().values(values))

    in_transaction(write)
    return key


def test_each_encrypted_column_moves_to_the_new_key_and_is_still_read(two_keys):
    by_table = {}
    for place in columns.columns():
        by_table.setdefault(place.table, []).append(place)
    keys = {table: write_row(table, places) for table, places in by_table.items()}
    two_keys()
    told = {}
    assert (
        rotation.rotate(10, lambda place, rows: told.update({place: told.get(place, 0) + rows}))
        == {}
    )
    for place in columns.columns():
        assert told[place.name] == 1, place.name
        found = select(place.column).where(place.key == keys[place.table])
        sealed = in_transaction(lambda found=found: db.session.scalar(found))
        assert sealed.startswith("another$"), place.name
        assert crypto.decrypt(sealed, place.context(keys[place.table])) == f"of {place.name}"


def test_a_column_in_a_table_with_a_key_of_several_columns_is_not_taken():
    before = columns.columns()
    with pytest.raises(ValueError, match="alliance_payout_channel"):
        columns.sealed(PayoutChannel.channel, str)
    assert columns.columns() == before
