"""Whatever staff do leaves one record, committed with what it changed; nobody writes it by hand."""

import pytest
from sqlalchemy import text

from app.core.auth import Principal, open_session
from app.core.db import in_transaction, read
from app.core.world import new_id

API = "/api/v1"
pytestmark = pytest.mark.usefixtures("context")


def signed_in(*roles, **narrow):
    caller = Principal("staff", new_id(), frozenset(roles), **narrow)
    token = in_transaction(lambda: open_session(caller)).token
    return caller, {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id().hex}


def records(staff_id):
    rows = text("SELECT * FROM core_audit WHERE staff_id = :id ORDER BY at, id")
    return [row._mapping for row in read(rows, {"id": staff_id})]


def test_an_action_is_recorded_with_who_what_and_which(client):
    caller, headers = signed_in("operator")
    made = client.post(f"{API}/merchants", json={"name": "茶馆"}, headers=headers)
    (record,) = records(caller.id)
    assert (record["action"], record["outcome"]) == ("POST /merchants", "done")
    assert record["roles"] == ["operator"]
    assert [str(each) for each in record["object_ids"]] == [made.json["id"]]
    assert str(record["request_id"]) == made.headers["X-Request-Id"]


def test_a_refused_action_is_recorded_as_refused_with_its_code(client):
    caller, headers = signed_in("operator")
    wish = {"name": "茶馆", "salesperson_id": str(new_id())}
    assert client.post(f"{API}/merchants", json=wish, headers=headers).status_code == 404
    (record,) = records(caller.id)
    assert (record["outcome"], record["code"]) == ("refused", "salesperson_unknown")
    assert [str(each) for each in record["object_ids"]] == [wish["salesperson_id"]]


def test_an_action_beyond_ones_role_is_recorded_too(client):
    caller, headers = signed_in("cashier", merchant_id=new_id())
    assert client.post(f"{API}/merchants", json={"name": "x"}, headers=headers).status_code == 403
    (record,) = records(caller.id)
    assert (record["outcome"], record["code"]) == ("refused", "not_allowed")
    assert record["merchant_id"] == caller.merchant_id


def test_money_moved_twice_with_one_key_is_done_once_and_repeated_once(client):
    caller, headers = signed_in("finance")
    fund = {"account": "charity", "amount_fen": 7, "source": "bank_custody"}
    for _ in range(2):
        assert client.post(f"{API}/funds", json=fund, headers=headers).status_code == 201
    assert [row["outcome"] for row in records(caller.id)] == ["done", "repeated"]
    assert records(caller.id)[0]["detail"] == {"amount_fen": 7}


def test_reading_is_not_recorded_and_neither_is_what_members_do(client):
    caller, headers = signed_in("operator", "finance")
    for path in ("/merchants", "/funds", "/dead-letters"):
        assert client.get(API + path, headers=headers).status_code == 200
    assert records(caller.id) == []


def test_a_record_holds_the_reason_and_the_decision_but_no_other_text(client):
    caller, headers = signed_in("operator")
    body = {"reason": "说明 原因", "is_approved": True, "holder": "张三", "decision": "张三"}
    client.post(f"{API}/closures/{new_id()}/decision", json=body, headers=headers)
    (record,) = records(caller.id)
    assert record["reason"] == "说明 原因"
    assert record["detail"] == {"is_approved": True}


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"reason": "\\u0000"}', b'{"reason": "\\ud800"}'])
def test_nonsense_is_recorded_without_its_words(client, body):
    caller, headers = signed_in("operator")
    sent = {"data": body, "content_type": "application/json", "headers": headers}
    assert client.post(f"{API}/merchants", **sent).status_code in (400, 422)
    (record,) = records(caller.id)
    assert (record["outcome"], record["reason"]) == ("refused", None)


def test_the_record_is_committed_with_the_change_or_not_at_all(client, app):
    """The unit is run again as a whole, its record with it: never two, never none."""
    from app.core.db import TryAgain

    caller, headers = signed_in("operator")
    tries = []

    def once_more():
        tries.append(1)
        if len(tries) == 1:
            raise TryAgain()

    with app.test_request_context(f"{API}/merchants", method="POST", headers=headers):
        app.preprocess_request()

        def work():
            read(text("INSERT INTO core_audit_unsealed VALUES (:id) RETURNING 1"), mark)
            in_the_middle = len(records(caller.id))
            once_more()
            return in_the_middle

        mark = {"id": caller.id}
        assert in_transaction(work) == 0
    read(text("DELETE FROM core_audit_unsealed WHERE record_id = :id RETURNING 1"), mark)
    assert (len(tries), len(records(caller.id))) == (2, 1)
