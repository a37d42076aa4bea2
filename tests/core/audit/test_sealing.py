"""The audit log cannot be changed unnoticed, not even by who owns the database."""

import pytest
from sqlalchemy import text

from app.core.audit import recording, sealing
from app.core.db import db, in_transaction
from app.core.world import new_id

pytestmark = pytest.mark.usefixtures("context")
LAST = "(SELECT record_ids[3] FROM core_audit_seal ORDER BY seq DESC LIMIT 1)"
NEWEST = "(SELECT max(seq) FROM core_audit_seal)"


def recorded(objects=()):
    recording.note("flask x", list(objects), {"decision": "x"})


@pytest.fixture
def log():
    """A log whose newest three seals hold three records each, and nothing waits."""
    while sealing.seal():
        pass
    for _ in range(3):
        in_transaction(lambda: [recorded() for _ in range(3)])
        assert sealing.seal() == 3


def found(*statements, anchored=None):
    """What the check finds after statements that no trigger stops; they are rolled back."""
    with db.engine.connect() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))
        return sealing.inspect(connection, anchored)


TAMPERING = {
    "edited": f"UPDATE core_audit SET reason = 'x' WHERE id = {LAST}",
    "moved": f"UPDATE core_audit SET at = at + interval '1 us' WHERE id = {LAST}",
    "deleted": f"DELETE FROM core_audit WHERE id = {LAST}",
    "inserted": "INSERT INTO core_audit SELECT gen_random_uuid(), at, request_id, staff_id, roles,"
    " merchant_id, action, path, object_ids, outcome, code, reason, detail FROM core_audit LIMIT 1",
    "reordered": "UPDATE core_audit_seal SET record_ids = ARRAY[record_ids[2], record_ids[1],"
    f" record_ids[3]] WHERE seq = {NEWEST}",
    "unlinked": f"DELETE FROM core_audit_seal WHERE seq = {NEWEST} - 1",
    "shortened": f"DELETE FROM core_audit_seal WHERE seq = {NEWEST}",
    "relinked": f"UPDATE core_audit_seal SET hash = sha256('x') WHERE seq = {NEWEST}",
    "sealed by itself": f"INSERT INTO core_audit_unsealed VALUES ({LAST})",
    "forgotten unsealed": "INSERT INTO core_audit_unsealed VALUES (gen_random_uuid())",
}


@pytest.mark.parametrize("way", TAMPERING)
def test_each_way_to_change_the_log_is_found(log, way):
    assert found().findings == []
    assert found(TAMPERING[way]).findings != []


def test_a_log_cut_at_its_end_with_its_records_differs_from_its_anchor(log):
    head = found().head
    anchor = {head[0]: head[1]}
    assert found(anchored=anchor).findings == []
    cut = (
        f"DELETE FROM core_audit WHERE id IN (SELECT unnest(record_ids) FROM core_audit_seal"
        f" WHERE seq = {NEWEST})",
        f"DELETE FROM core_audit_seal WHERE seq = {NEWEST}",
    )
    assert found(*cut).findings == []
    assert found(*cut, anchored=anchor).findings != []
    assert found(anchored={head[0]: "00" * 32}).findings != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_audit SET outcome = 'done'",
        "DELETE FROM core_audit",
        "TRUNCATE core_audit",
        "UPDATE core_audit_seal SET seq = seq",
        "DELETE FROM core_audit_seal",
        "TRUNCATE core_audit_seal",
    ],
)
def test_the_database_refuses_to_change_the_log(log, statement):
    with pytest.raises(Exception, match="never changed"):
        in_transaction(lambda: db.session.execute(text(statement)))


def test_what_is_recorded_waits_for_its_seal_until_a_sealer_comes(log):
    in_transaction(lambda: recorded([new_id()]))
    before = found()
    assert (before.unsealed, before.findings) == (1, [])
    assert sealing.seal() == 1
    after = found()
    assert (after.unsealed, after.sealed, after.findings) == (0, before.sealed + 1, [])
    assert after.head != before.head
