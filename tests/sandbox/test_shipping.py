"""Shipping information: upload, receipt, settlement and WeChat's reminders."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
import requests

from tests.sandbox.conftest import ACCOUNTS
from tests.sandbox.test_official_account import CALLBACK
from tests.sandbox.test_subscriptions import mini_push

MCH_ID = ACCOUNTS["WECHAT_PAY_MCH_ID"]
EXPRESS = {"tracking_no": "SF123", "express_company": "STO", "item_desc": "乌龙茶*1"}


@pytest.fixture
def shop(sandbox, merchant, product):
    """A shop with a buyer."""
    return Shop(sandbox, merchant, product)


class Shop:
    def __init__(self, sandbox, merchant, product) -> None:
        self.sandbox, self.merchant, self.product = sandbox, merchant, product
        self.buyer = sandbox.phone()
        self.uploads = 0

    def sell(self) -> str:
        order, prepay_id = self.merchant.prepay(self.buyer)
        self.sandbox.control(f"/phones/{self.buyer['id']}/pay", self.merchant.sheet(prepay_id))
        self.sandbox.pass_time(3)
        return str(order["out_trade_no"])

    def call(self, name: str, **wish) -> dict:
        return self.sandbox.call(f"/wxa/sec/order/{name}", wish, "MINI").json()

    def ship(self, number: str, **more) -> int:
        self.uploads += 1
        moment = datetime.fromtimestamp(time.time() + self.uploads, UTC)
        wish = {
            "order_key": {"order_number_type": 1, "mchid": MCH_ID, "out_trade_no": number},
            "logistics_type": 4,
            "delivery_mode": 1,
            "shipping_list": [{"item_desc": "乌龙茶*1"}],
            "upload_time": moment.isoformat(timespec="milliseconds"),
            "payer": {"openid": self.buyer["mini_openid"]},
        }
        return int(self.call("upload_shipping_info", **(wish | more))["errcode"])

    def state(self, number: str) -> int:
        found = self.call("get_order", merchant_id=MCH_ID, merchant_trade_no=number)
        return int(found["order"]["order_state"])

    def events(self, name: str) -> list[dict]:
        self.sandbox.drain()
        letters = [
            json.loads(mini_push(letter))
            for letter in self.product.of(CALLBACK)
            if letter.headers["content-type"] == "application/json"
        ]
        return [fields for fields in letters if fields["Event"] == name]


def test_an_order_goes_from_payment_to_settlement_by_hand(shop):
    number = shop.sell()
    assert shop.state(number) == 1
    assert shop.ship(number, logistics_type=1, shipping_list=[EXPRESS]) == 0
    assert shop.state(number) == 2
    (shipped,) = shop.events("trade_manage_order_settlement")
    assert shipped["merchant_trade_no"] == number
    assert shipped["estimated_settlement_time"] - shipped["shipped_time"] >= 10 * 86400
    assert shop.sandbox.chat(shop.buyer)[-1]["kind"] == "shipping"
    shop.sandbox.control(f"/phones/{shop.buyer['id']}/confirm-receipt", {"out_trade_no": number})
    assert shop.state(number) == 3
    shop.sandbox.pass_time(61)
    assert shop.state(number) == 4
    settled = shop.events("trade_manage_order_settlement")[-1]
    assert settled["confirm_receive_method"] == 1
    assert settled["settlement_time"] >= settled["confirm_receive_time"]


@pytest.mark.parametrize(("kind", "days"), [(1, 10), (3, 2), (4, 2)])
def test_wechat_confirms_by_itself(shop, kind, days):
    number = shop.sell()
    parcel = EXPRESS if kind == 1 else {"item_desc": "会员充值"}
    assert shop.ship(number, logistics_type=kind, shipping_list=[parcel]) == 0
    shop.sandbox.pass_time(days * 86400 - 60)
    assert shop.state(number) == 2
    shop.sandbox.pass_time(61)
    assert shop.state(number) == 3
    shop.sandbox.pass_time(61)
    assert shop.state(number) == 4
    assert shop.events("trade_manage_order_settlement")[-1]["confirm_receive_method"] == 2


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"order_key": {"order_number_type": 3}}, 268485194),
        ({"order_key": {"order_number_type": 2}}, 268485195),
        ({"order_key": {"order_number_type": 1}}, 268485196),
        ({"order_key": {"order_number_type": 1, "mchid": MCH_ID}}, 268485197),
        ({"order_key": {"order_number_type": 2, "transaction_id": "42"}}, 10060001),
        ({"logistics_type": 5}, 10060005),
        ({"delivery_mode": 3}, 268485224),
        ({"delivery_mode": 2, "is_all_delivered": True}, 10060006),
        ({"delivery_mode": 2, "logistics_type": 1}, 10060007),
        ({"shipping_list": [{"item_desc": "茶"}] * 2}, 268485228),
        ({"shipping_list": [{"item_desc": "茶"}] * 16}, 10060024),
        ({"shipping_list": [{"item_desc": " "}]}, 10060008),
        ({"shipping_list": [{"item_desc": "茶" * 121}]}, 10060009),
        ({"logistics_type": 1}, 268485226),
        ({"logistics_type": 1, "shipping_list": [EXPRESS | {"express_company": ""}]}, 268485227),
        ({"logistics_type": 1, "shipping_list": [EXPRESS | {"express_company": "SF"}]}, 10060014),
        ({"upload_time": "2026-11-22 15:04:05"}, 268485216),
        ({"payer": {"openid": "other"}}, 10060031),
        ({"shipping": []}, 47001),
    ],
)
def test_wrong_shipping_information_is_refused_by_its_own_code(shop, change, errcode):
    number = shop.sell()
    assert shop.ship(number, **change) == errcode
    assert shop.state(number) == 1
    assert len(shop.sandbox.world.state.shipments) == 0


def test_an_order_is_shipped_again_once_and_only_with_something_new(shop):
    number = shop.sell()
    assert shop.ship(number) == 0
    assert shop.ship(number) == 10060023
    late = {"upload_time": "2020-01-01T00:00:00+08:00", "logistics_type": 3}
    assert shop.ship(number, **late) == 10060023
    assert shop.ship(number, logistics_type=3) == 0
    assert shop.ship(number) == 10060003
    shop.sandbox.control(f"/phones/{shop.buyer['id']}/confirm-receipt", {"out_trade_no": number})
    assert shop.ship(number, logistics_type=2) == 10060004


def test_parcels_of_a_split_order_are_added_until_all_are_sent(shop):
    number = shop.sell()
    split = {"logistics_type": 1, "delivery_mode": 2}
    second = EXPRESS | {"tracking_no": "SF124"}
    assert shop.ship(number, **split, shipping_list=[EXPRESS], is_all_delivered=False) == 0
    assert shop.state(number) == 1
    assert shop.ship(number, **split, shipping_list=[second], is_all_delivered=True) == 0
    found = shop.call("get_order", merchant_id=MCH_ID, merchant_trade_no=number)["order"]
    shipping = found["shipping"]
    assert [parcel["tracking_no"] for parcel in shipping["shipping_list"]] == ["SF123", "SF124"]
    assert (found["order_state"], shipping["finish_shipping_count"]) == (2, 1)


def test_a_payment_just_made_is_not_known_yet(shop):
    order, prepay_id = shop.merchant.prepay(shop.buyer)
    shop.sandbox.control("/console", {"order_visible_after_seconds": 60}, "PUT")
    shop.sandbox.control(f"/phones/{shop.buyer['id']}/pay", shop.merchant.sheet(prepay_id))
    assert shop.ship(order["out_trade_no"]) == 10060001
    shop.sandbox.pass_time(61)
    assert shop.ship(order["out_trade_no"]) == 0


def test_a_shop_is_reminded_of_the_service_daily_and_of_each_order_after_two_days(shop):
    first = shop.sell()
    assert len(shop.events("trade_manage_remind_access_api")) == 1
    shop.sandbox.pass_time(86400)
    assert len(shop.events("trade_manage_remind_access_api")) == 2
    assert shop.ship(first) == 0
    second = shop.sell()
    shop.sandbox.pass_time(2 * 86400 + 1)
    assert len(shop.events("trade_manage_remind_access_api")) == 2
    (told,) = shop.events("trade_manage_remind_shipping")
    assert told["merchant_trade_no"] == second


def test_a_receipt_is_asked_for_once_and_for_express_only(shop):
    number, other = shop.sell(), shop.sell()
    now = int(shop.sandbox.world.clock.now())

    def remind(order: str, received_time: int) -> int:
        wish = {"merchant_id": MCH_ID, "merchant_trade_no": order, "received_time": received_time}
        return int(shop.call("notify_confirm_receive", **wish)["errcode"])

    assert remind(number, now) == 10060028
    shop.ship(number, logistics_type=1, shipping_list=[EXPRESS])
    shop.ship(other)
    assert remind(number, now - 900) == 10060029
    assert [remind(number, now + 60) for _ in range(2)] == [0, 10060030]
    assert remind(other, now + 60) == 10060032


def test_orders_are_listed_in_pages(shop):
    numbers = [shop.sell() for _ in range(3)]
    shop.ship(numbers[0])
    first = shop.call("get_order_list", page_size=2)
    assert [order["merchant_trade_no"] for order in first["order_list"]] == numbers[:2]
    assert first["has_more"] is True
    rest = shop.call("get_order_list", page_size=2, last_index=first["last_index"])
    assert ([o["merchant_trade_no"] for o in rest["order_list"]], rest["has_more"]) == (
        numbers[2:],
        False,
    )
    waiting = shop.call("get_order_list", order_state=1)["order_list"]
    assert [order["merchant_trade_no"] for order in waiting] == numbers[1:]
    assert shop.call("get_order_list", last_index="x")["errcode"] == 10060011


def test_presales_and_tests_are_announced(shop):
    number, test = shop.sell(), shop.sell()
    now = int(shop.sandbox.world.clock.now())
    soon = shop.call("opspecialorder", order_id=number, type=1, delay_to=now + 86400)
    assert soon["errcode"] == 268546001
    later = shop.call("opspecialorder", order_id=number, type=1, delay_to=now + 20 * 86400)
    assert later["errcode"] == 0
    assert shop.call("opspecialorder", order_id=test, type=2)["errcode"] == 0
    assert shop.call("opspecialorder", order_id="none", type=2)["errcode"] == 268546002
    shop.ship(shop.sell())
    shop.sandbox.pass_time(3 * 86400)
    assert shop.events("trade_manage_remind_shipping") == []


def test_whether_trade_is_managed_is_told_of_the_own_app_only(shop):
    own = ACCOUNTS["WECHAT_MINI_APP_ID"]
    assert shop.call("is_trade_managed", appid=own)["is_trade_managed"] is True
    completed = shop.call("is_trade_management_confirmation_completed", appid=own)
    assert completed["completed"] is True
    assert shop.call("is_trade_managed", appid="wxother")["errcode"] == 40013
    assert shop.call("set_msg_jump_path", path="pages/orders")["errcode"] == 0
    shop.sandbox.control("/console", {"trade_managed": False}, "PUT")
    assert shop.call("is_trade_managed", appid=own)["is_trade_managed"] is False


def test_nobody_confirms_what_is_not_on_its_way_to_them(shop):
    number, other = shop.sell(), shop.sandbox.phone()

    def confirm(phone) -> int:
        url = f"{shop.sandbox.url}/__ctl/phones/{phone['id']}/confirm-receipt"
        return requests.post(url, json={"out_trade_no": number}, timeout=9).status_code

    assert confirm(shop.buyer) == 409
    shop.ship(number)
    assert (confirm(other), shop.state(number)) == (404, 2)
    assert (confirm(shop.buyer), confirm(shop.buyer)) == (200, 409)
