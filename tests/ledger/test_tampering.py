"""A superuser who switches the triggers off leaves traces: each way of it is found."""

import random

import pytest
import sqlalchemy as sa
from sqlalchemy import text

from app.core.db import db
from app.core.world import new_id
from app.ledger import service as ledger
from app.ledger.audit import inspect
from app.ledger.service import Account
from tests.ledger.books import journal, leg, move, post

ROUNDS = 2

# Each change as the most careful forger would make it; :id, :other, :owner and :seq are filled in.
CHANGES = {
    "edit an amount": "UPDATE ledger_entry SET amount_fen = amount_fen + 1 WHERE journal_id = :id",
    "edit both amounts of a journal": (
        "UPDATE ledger_entry SET amount_fen = amount_fen * 2 WHERE journal_id = :id"
    ),
    "move an entry to another owner": (
        "UPDATE ledger_entry SET owner_id = :other WHERE journal_id = :id AND leg = 2"
    ),
    "move an entry to another account": (
        "UPDATE ledger_entry SET account = CASE WHEN version IS NULL THEN 211 ELSE 30 END "
        "WHERE journal_id = :id AND leg = 2"
    ),
    "backdate a journal": (
        "UPDATE ledger_journal SET posted_at = posted_at - interval '1 day' WHERE id = :id"
    ),
    "backdate an entry": (
        "UPDATE ledger_entry SET posted_at = posted_at - interval '1 day' WHERE journal_id = :id"
    ),
    "change what a journal was for": (
        "UPDATE ledger_journal SET reference_id = :other WHERE id = :id"
    ),
    "change who posted": "UPDATE ledger_journal SET principal_id = :other WHERE id = :id",
    "change the key": "UPDATE ledger_journal SET key = 'other' WHERE id = :id",
    "change the kind": "UPDATE ledger_journal SET kind = 'other' WHERE id = :id",
    "delete a journal": "DELETE FROM ledger_journal WHERE id = :id",
    "delete the entries of a journal": "DELETE FROM ledger_entry WHERE journal_id = :id",
    "delete a journal with its entries": (
        "WITH gone AS (DELETE FROM ledger_entry WHERE journal_id = :id) "
        "DELETE FROM ledger_journal WHERE id = :id"
    ),
    "clone a journal": (
        "INSERT INTO ledger_journal SELECT bucket, :clone, kind, reference_id, principal_id, "
        "'clone', fingerprint, NULL, posted_at FROM ledger_journal WHERE id = :id"
    ),
    "clone a journal with its entries": (
        "WITH head AS (INSERT INTO ledger_journal SELECT bucket, :clone, kind, reference_id, "
        "principal_id, 'clone', fingerprint, NULL, posted_at FROM ledger_journal WHERE id = :id) "
        "INSERT INTO ledger_entry SELECT bucket, :clone, leg, account, owner_id, lot_id, "
        "amount_fen, balance_fen, version, posted_at FROM ledger_entry WHERE journal_id = :id"
    ),
    "insert an entry": (
        "INSERT INTO ledger_entry SELECT bucket, journal_id, 9, account, owner_id, lot_id, 5, "
        "balance_fen, version, posted_at FROM ledger_entry WHERE journal_id = :id AND leg = 2"
    ),
    "swap two legs": (
        "UPDATE ledger_entry SET leg = CASE leg WHEN 1 THEN 12 ELSE 11 END WHERE journal_id = :id"
    ),
    "reorder a seal": (
        "UPDATE ledger_seal SET journal_ids = (SELECT array_agg(u.id ORDER BY u.id DESC) "
        "FROM unnest(journal_ids) AS u (id)) WHERE seq = :seq"
    ),
    "take a journal out of its seal": (
        "UPDATE ledger_seal SET journal_ids = array_remove(journal_ids, :id) WHERE seq = :seq"
    ),
    "delete the last seal": (
        "DELETE FROM ledger_seal WHERE seq = (SELECT max(seq) FROM ledger_seal)"
    ),
    "delete a seal": "DELETE FROM ledger_seal WHERE seq = :seq",
    "edit a seal's hash": "UPDATE ledger_seal SET hash = sha256(hash) WHERE seq = :seq",
    "backdate a seal": (
        "UPDATE ledger_seal SET sealed_at = sealed_at - interval '1 s' WHERE seq = :seq"
    ),
    "empty the chain and seal anew": (
        "TRUNCATE ledger_seal; INSERT INTO ledger_unsealed SELECT bucket, id FROM ledger_journal; "
        "SELECT ledger_fold_and_seal(100000000, now())"
    ),
    "empty everything": (
        "TRUNCATE ledger_seal, ledger_journal, ledger_entry, ledger_account, ledger_lot, "
        "ledger_unsealed"
    ),
    "edit a balance": (
        "UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE owner_id = :owner"
    ),
    "edit a version": "UPDATE ledger_account SET version = version + 1 WHERE owner_id = :owner",
    "edit a lot": "UPDATE ledger_lot SET balance_fen = balance_fen + 1 WHERE owner_id = :owner",
    "give money from nowhere": (
        "UPDATE ledger_entry SET amount_fen = amount_fen + 7, balance_fen = balance_fen + 7 "
        "WHERE journal_id = :id AND leg = 1"
    ),
    "lift a floor": "UPDATE ledger_account SET floor_fen = NULL WHERE owner_id = :owner",
    "change a kind of account": "UPDATE ledger_account_kind SET floor_fen = -9 WHERE code = 12",
    "queue a sealed journal again": (
        "INSERT INTO ledger_unsealed SELECT bucket, id FROM ledger_journal WHERE id = :id"
    ),
    "drop a guard": "DROP TRIGGER ledger_entry_immutable ON ledger_entry",
    "switch a guard off": "ALTER TABLE ledger_seal DISABLE TRIGGER ledger_seal_immutable",
}


@pytest.fixture
def context(own_books):
    with own_books.app_context():
        yield
        db.session.rollback()


@pytest.fixture
def sealed(context):
    """Some sealed history of one owner, its seals and an anchor taken afterwards."""
    owner = new_id()
    journals = []
    for _ in range(3):
        made = [
            move(owner, Account.PREPAID_PRINCIPAL, 100),
            move(owner, Account.REBATE, 10),
            journal(leg(owner, Account.REBATE, -10), leg(owner, Account.WITHDRAWING, 10)),
        ]
        post(*made)
        while ledger.fold_and_seal():
            pass
        journals += [(each, ledger.anchor()) for each in made]
    return owner, journals


def found_after(change, values, anchors):
    """The findings after a change by a superuser, which is then rolled back."""
    with db.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in change.split("; "):
            wanted = sa.text(statement).compile().params.keys()
            connection.execute(text(statement), {name: values[name] for name in wanted})
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        findings = inspect(connection, anchors).findings
        transaction.rollback()
    return findings


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_tampering_is_found(sealed, change):
    owner, journals = sealed
    anchors = [ledger.anchor()]
    assert ledger.verify(anchors).findings == []
    for round_number in range(ROUNDS):
        chosen, seal = random.Random(round_number).choice(journals)
        values = {
            "id": chosen.id,
            "clone": new_id(chosen.id.int & 1023),
            "other": new_id(),
            "owner": owner,
            "seq": seal.seq,
        }
        assert found_after(change, values, anchors), round_number
    assert ledger.verify(anchors).findings == []


@pytest.mark.parametrize("table", ["ledger_journal", "ledger_entry", "ledger_seal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_refuses_every_change(sealed, table, change):
    column = "hash" if table == "ledger_seal" else "bucket"
    statement = change.format(table, column, column)
    before = ledger.verify()
    with db.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="immutable"):
        connection.execute(text(statement))
    after = ledger.verify()
    assert after.as_dict() == before.as_dict()
