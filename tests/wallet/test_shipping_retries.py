"""Refused shipping information gets a second chance from people, with a trace of who gave it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from app.core.world import new_id
from app.wallet import shipping
from tests.wallet.people import headers, member, staff_headers
from tests.wallet.test_shipping import UPLOAD, asked_anew, later, paid, row
from tests.wechat.conftest import sandbox
from tests.wechat.pretend import Sandbox

__all__ = ["asked_anew", "sandbox"]
pytestmark = pytest.mark.usefixtures("context")
WHY = {"reason": "小程序后台已补全类目"}


def refused(sandbox: Sandbox, code: int = 10060008) -> UUID:
    """An order whose shipping WeChat refused."""
    _, order_id = paid(sandbox)
    sandbox.fault("errcode", match=UPLOAD, errcode=code, errmsg="item_desc invalid")
    later(sandbox, order_id, 30)
    assert row(order_id).state == "refused"
    return order_id


def ask(client: Any, order_id: UUID, role: str = "support", body: Any = WHY) -> Any:
    return client.post(
        f"/api/v1/shippings/{order_id}/retry", json=body, headers=staff_headers(role)
    )


def test_a_refused_shipping_is_reported_again_and_who_asked_is_kept(
    sandbox: Sandbox, client
) -> None:
    order_id, before = refused(sandbox), shipping.unreported()
    answer = ask(client, order_id)
    assert (answer.status_code, answer.json["status"], answer.json["error_code"]) == (
        200,
        "due",
        None,
    )
    later(sandbox, order_id)
    assert row(order_id).state == "reported"
    assert shipping.unreported() == before - 1
    shown = client.get(f"/api/v1/shippings/{order_id}", headers=staff_headers("operator")).json
    [retry] = shown["retries"]
    assert (retry["error_code"], retry["reason"]) == ("10060008", WHY["reason"])
    assert retry["error_message"].startswith("item_desc invalid")
    assert UUID(retry["staff_id"])


def test_what_is_refused_again_can_be_asked_again_and_each_time_is_kept(
    sandbox: Sandbox, client
) -> None:
    order_id = refused(sandbox)
    sandbox.fault("errcode", match=UPLOAD, errcode=10060031)
    ask(client, order_id)
    later(sandbox, order_id)
    assert (row(order_id).state, row(order_id).error_code) == ("refused", "10060031")
    codes = [one["error_code"] for one in ask(client, order_id, "operator").json["retries"]]
    assert codes == ["10060008", "10060031"]


def test_what_was_shipped_in_the_console_meanwhile_is_not_reported_twice(
    sandbox: Sandbox, client
) -> None:
    order_id = refused(sandbox)
    ask(client, order_id)
    later(sandbox, order_id)
    ask(client, order_id)
    later(sandbox, order_id)
    told = sandbox.control("/messages", method="GET")["messages"]
    assert sum(line["kind"] == "shipping" for line in told) == 1


def test_only_what_was_refused_is_retried_and_only_by_those_who_may(
    sandbox: Sandbox, client
) -> None:
    order_id = refused(sandbox)
    for role in ("finance", "cashier", "reviewer"):
        assert ask(client, order_id, role).status_code == 403
    stranger = headers(member(sandbox.phone()["mini_openid"]))
    address = f"/api/v1/shippings/{order_id}/retry"
    assert client.post(address, json=WHY, headers=stranger).status_code == 403
    assert client.post(address, json=WHY).status_code == 401
    for body in ({}, {"reason": ""}, WHY | {"state": "reported"}):
        assert ask(client, order_id, body=body).status_code == 422
    assert (row(order_id).state, row(order_id).error_code) == ("refused", "10060008")
    assert ask(client, order_id).status_code == 200
    again = ask(client, order_id)
    assert (again.status_code, again.json["code"]) == (409, "shipping_not_refused")
    assert ask(client, new_id()).status_code == 404
