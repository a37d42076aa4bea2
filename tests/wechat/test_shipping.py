"""Shipping information: what WeChat is told, and how it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.config import settings
from app.wechat import client
from tests.wechat.api_desk import ApiDesk, refusal

pytestmark = pytest.mark.usefixtures("context")
ROOM = "/wxa/sec/order"
MOMENT = datetime(2022, 12, 15, 5, 29, 35, 120_000, tzinfo=UTC)


def _report(**more: Any) -> None:
    wish = {
        "out_trade_no": "A1",
        "openid": "o1",
        "way": "pickup",
        "parcel": client.Parcel("老码头火锅"),
        "uploaded_at": MOMENT,
    }
    client.report_shipping(**wish | more)


def test_a_pickup_is_reported_in_wechats_form(api: ApiDesk) -> None:
    _report()
    assert api.of(f"{ROOM}/upload_shipping_info")[0].body == {
        "order_key": {
            "order_number_type": 1,
            "mchid": settings().wechat_pay_mch_id,
            "out_trade_no": "A1",
        },
        "logistics_type": 4,
        "delivery_mode": 1,
        "shipping_list": [{"item_desc": "老码头火锅"}],
        "upload_time": "2022-12-15T13:29:35.120+08:00",
        "payer": {"openid": "o1"},
    }


def test_a_parcel_by_express_names_its_number(api: ApiDesk) -> None:
    _report(way="express", parcel=client.Parcel("面" * 200, "3232", "SF", "189****1234"))
    [asked] = api.of(f"{ROOM}/upload_shipping_info")
    assert asked.body["logistics_type"] == 1
    assert asked.body["shipping_list"] == [
        {
            "item_desc": "面" * 120,
            "tracking_no": "3232",
            "express_company": "SF",
            "contact": {"receiver_contact": "189****1234"},
        }
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (10060001, client.NotThereYet),
        (10060002, client.AlreadyDone),
        (10060003, client.AlreadyDone),
        (10060023, client.AlreadyDone),
        (10060004, client.NotShippable),
        (10060031, client.DataInvalid),
        (268485216, client.DataInvalid),
        (61004, client.Misconfigured),
    ],
)
def test_each_answer_to_a_report_is_an_error_to_decide_by(api: ApiDesk, code, kind) -> None:
    api.answers[f"{ROOM}/upload_shipping_info"] = refusal(code)
    with pytest.raises(kind):
        _report()


def test_a_report_whose_answer_got_lost_is_not_repeated(api: ApiDesk) -> None:
    api.answers[f"{ROOM}/upload_shipping_info"] = "hang up"
    with pytest.raises(client.WeChatUnavailable) as caught:
        _report()
    assert caught.value.may_have_arrived
    assert len(api.of(f"{ROOM}/upload_shipping_info")) == 1


def test_where_wechat_is_with_an_order(api: ApiDesk) -> None:
    path = f"{ROOM}/get_order"
    api.answers[path] = {"errcode": 0, "order": {"order_state": 2}}
    assert client.shipping_state("A1") is client.ShippingState.SHIPPED
    which = {"merchant_id": settings().wechat_pay_mch_id, "merchant_trade_no": "A1"}
    assert api.of(path)[0].body == which
    for odd in ({"order_state": 99}, {}, {"order_state": "2"}):
        api.answers[path] = {"errcode": 0, "order": odd}
        with pytest.raises(client.WeChatUnavailable):
            client.shipping_state("A1")


def test_a_buyer_is_reminded_once(api: ApiDesk) -> None:
    path = f"{ROOM}/notify_confirm_receive"
    client.remind_of_receipt("A1", MOMENT)
    assert api.of(path)[0].body["received_time"] == int(MOMENT.timestamp())
    api.answers[path] = refusal(10060030)
    with pytest.raises(client.AlreadyDone):
        client.remind_of_receipt("A1", MOMENT)


@pytest.mark.parametrize(("told", "expected"), [(True, True), (False, False), (None, False)])
def test_whether_wechat_manages_the_trade(api: ApiDesk, told, expected) -> None:
    api.answers[f"{ROOM}/is_trade_managed"] = {"errcode": 0, "is_trade_managed": told}
    assert client.is_shipping_managed() is expected
