"""Orders of the mini-program are reported as shipped, once, and their settlement is heard of."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import make_transient

from app.core import outbox
from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import new_id, now, number_of
from app.members import identities
from app.wallet import orders, shipping
from app.wallet import service as wallet
from app.wallet.shipping_models import OrderShipping
from app.wechat import client as wechat
from tests.wallet.people import headers, member, staff_headers
from tests.wechat.conftest import sandbox
from tests.wechat.pretend import Sandbox, eventually

__all__ = ["sandbox"]
pytestmark = pytest.mark.usefixtures("context")
UPLOAD = "upload_shipping_info"
ADDRESS = "/api/v1/shippings"


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    """No answer of another sandbox is remembered."""
    shipping._managed.clear()


def start(phone: dict[str, Any]) -> Any:
    """A top-up of a hundred yuan that waits for its payment."""
    person = member(phone["mini_openid"])
    return wallet.start_top_up(person, new_id(), 10_000, "jsapi", key=new_id().hex)


def paid(sandbox: Sandbox) -> tuple[dict[str, Any], UUID]:
    """A phone that paid a top-up in the mini-program, and its order."""
    phone = sandbox.phone()
    started = start(phone)
    sandbox.act(phone, "pay", **started.wechat_pay_parameters)
    sandbox.drain()
    assert row(started.order_id).state == "due"
    return phone, started.order_id


def row(order_id: UUID) -> OrderShipping:
    """The order's shipping as it stands; its attributes stay readable."""

    def work() -> OrderShipping:
        found = shipping.locked(order_id)
        assert found is not None
        make_transient(found)
        return found

    return in_transaction(work)


def later(sandbox: Sandbox, order_id: UUID, seconds: float = 0) -> None:
    """Reads what is due after some seconds; the reader may want to look again."""
    if seconds:
        moment = now(is_exact=True)
        sandbox.control("/clock/advance", {"seconds": seconds})
        sandbox.drain()
        eventually(lambda: now() >= moment + timedelta(seconds=seconds))
    with contextlib.suppress(outbox.TryLater):
        shipping.report({"order_id": str(order_id)})


def test_a_paid_order_is_reported_and_its_settlement_noted(sandbox: Sandbox) -> None:
    phone, order_id = paid(sandbox)
    later(sandbox, order_id, 30)
    reported = row(order_id)
    assert (reported.state, reported.error_code) == ("reported", None)
    assert wechat.shipping_state(number_of(order_id)) == wechat.ShippingState.SHIPPED
    sandbox.drain()
    estimated = eventually(lambda: row(order_id).estimated_at)
    assert estimated > now()
    sandbox.act(phone, "confirm-receipt", out_trade_no=number_of(order_id))
    sandbox.drain()
    sandbox.control("/clock/advance", {"seconds": 3 * 24 * 3600})
    sandbox.drain()
    assert eventually(lambda: row(order_id).settled_at)
    assert row(order_id).received_at


def test_an_order_is_reported_once_however_often_it_is_due(sandbox: Sandbox) -> None:
    _, order_id = paid(sandbox)
    later(sandbox, order_id, 30)
    first = row(order_id).reported_at
    for _ in range(3):
        later(sandbox, order_id)
    assert row(order_id).reported_at == first


def test_a_payment_that_does_not_show_yet_is_reported_later(sandbox: Sandbox) -> None:
    _, order_id = paid(sandbox)
    sandbox.fault("errcode", match=UPLOAD, errcode=10060001)
    later(sandbox, order_id, 5)
    assert (row(order_id).state, row(order_id).error_code) == ("due", "10060001")
    later(sandbox, order_id, 30)
    assert row(order_id).state == "reported"


@pytest.mark.parametrize("kind", ["reset_after", "bad_gateway_after"])
def test_an_upload_whose_answer_got_lost_is_looked_up_and_not_repeated(
    sandbox: Sandbox, kind: str
) -> None:
    _, order_id = paid(sandbox)
    sandbox.fault(kind, match=UPLOAD)
    later(sandbox, order_id, 30)

    def as_if_no_push_had_come() -> None:
        found = shipping.locked(order_id)
        assert found is not None
        found.state, found.reported_at, found.attempts = "due", None, 1

    in_transaction(as_if_no_push_had_come)
    sandbox.fault("errcode", match=UPLOAD, errcode=10060014)  # would refuse a second upload
    later(sandbox, order_id, 60)
    assert row(order_id).state == "reported"


def test_where_wechat_does_not_manage_trade_nothing_is_reported(sandbox: Sandbox) -> None:
    sandbox.control("/console", {"trade_managed": False}, method="PUT")
    _, order_id = paid(sandbox)
    later(sandbox, order_id, 30)
    assert row(order_id).state == "not_needed"
    sandbox.control("/console", {"trade_managed": True}, method="PUT")


def test_with_never_nothing_is_written_down(sandbox: Sandbox, monkeypatch) -> None:
    monkeypatch.setattr(settings(), "wechat_shipping", "never")
    phone = sandbox.phone()
    started = start(phone)
    sandbox.act(phone, "pay", **started.wechat_pay_parameters)
    sandbox.drain()
    assert in_transaction(lambda: orders.find(started.order_id).state) == "paid"
    assert in_transaction(lambda: shipping.locked(started.order_id)) is None


@pytest.mark.parametrize("code", [10060031, 10060008, 48001])
def test_what_wechat_refuses_is_counted_for_people(sandbox: Sandbox, code: int) -> None:
    _, order_id = paid(sandbox)
    before = shipping.unreported()
    sandbox.fault("errcode", match=UPLOAD, errcode=code, count=10)
    later(sandbox, order_id, 30)
    is_operators = code == 48001
    assert row(order_id).state == ("due" if is_operators else "refused")
    assert row(order_id).error_code == str(code)
    assert shipping.unreported() == before + (not is_operators)


def test_wechat_misses_a_shipping_and_gets_it(sandbox: Sandbox) -> None:
    _, order_id = paid(sandbox)
    sandbox.fault("errcode", match=UPLOAD, errcode=10060014)
    later(sandbox, order_id, 30)
    assert row(order_id).state == "refused"
    event = wechat.events.ShippingWanted(
        wechat.events.TradeOrder(number_of(order_id), None, None, None), "请发货"
    )
    in_transaction(lambda: shipping._ship_again(event))
    assert row(order_id).state == "due"
    later(sandbox, order_id, 30)
    assert row(order_id).state == "reported"


def test_a_payer_who_left_is_for_people(sandbox: Sandbox) -> None:
    phone, order_id = paid(sandbox)
    app_id = settings().wechat_mini_app_id
    in_transaction(lambda: identities.forget(app_id, phone["mini_openid"]))
    later(sandbox, order_id, 30)
    assert (row(order_id).state, row(order_id).error_code) == ("refused", "payer_left")


def test_news_of_orders_that_are_not_ours_change_nothing(sandbox: Sandbox) -> None:
    stranger = new_id()
    for number in (None, "A1", number_of(stranger)):
        order = wechat.events.TradeOrder(number, "42", None, None)
        settled = wechat.events.ShippingSettled(order, now(), None, None, now(), 1)
        in_transaction(lambda told=settled: shipping._note_settlement(told))
        wanted = wechat.events.ShippingWanted(order, "")
        in_transaction(lambda told=wanted: shipping._ship_again(told))
    assert in_transaction(lambda: shipping.locked(stranger)) is None


def test_people_see_what_wechat_refused_and_nobody_else_does(sandbox: Sandbox, client) -> None:
    phone, order_id = paid(sandbox)
    sandbox.fault("errcode", match=UPLOAD, errcode=10060031)
    later(sandbox, order_id, 30)
    query = {"status": "refused", "limit": 100}
    shown = client.get(ADDRESS, query_string=query, headers=staff_headers("operator")).json
    [mine] = [one for one in shown["shippings"] if one["order_id"] == str(order_id)]
    assert (mine["status"], mine["error_code"], mine["attempts"]) == ("refused", "10060031", 1)
    assert mine["reported_at"] is None
    stranger = headers(member(phone["mini_openid"]))
    assert client.get(ADDRESS, headers=stranger).status_code == 403
    assert client.get(ADDRESS).status_code == 401
    wrong = client.get(ADDRESS, query_string={"status": "x"}, headers=staff_headers("operator"))
    assert wrong.status_code == 422
