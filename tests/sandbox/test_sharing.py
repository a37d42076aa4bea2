"""Profit sharing: receivers, parts, limits, giving back; `wechatpayv3` is the client."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.test_bills import fetch, table, to_the_bill_of, today
from tests.sandbox.test_shipping import Shop

PARTNER = "1900000200"


def add(merchant, account=PARTNER, kind="MERCHANT_ID", name="某某有限公司"):
    relation = "STORE" if kind == "MERCHANT_ID" else "USER"
    code, text = merchant.client.profitsharing_add_receiver(kind, account, relation, name)
    return code, json.loads(text)


@pytest.fixture(autouse=True)
def no_shipping(sandbox):
    """Where shipping is reported, the buyer has to receive first."""
    sandbox.control("/console", {"trade_managed": False}, "PUT")


def paid(sandbox, merchant, total_fen=10_000, settle=None, phone=None):
    """A payment that can be shared, a minute old; its transaction_id."""
    phone = phone or sandbox.phone()
    order = merchant.order(phone, total_fen, settle_info=settle or {"profit_sharing": True})
    status, answer = merchant.send("POST", "/v3/pay/transactions/jsapi", order)
    assert status == 200, answer
    pay = sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(answer["prepay_id"]))
    sandbox.pass_time(61)
    return pay["transaction_id"]


def share(merchant, transaction_id, amount, number="S1", last=False, account=PARTNER, **more):
    receiver = {"type": "MERCHANT_ID", "account": account, "amount": amount} | more
    receiver.setdefault("description", "分给门店")
    code, text = merchant.client.profitsharing_order(transaction_id, number, [receiver], last)
    return code, json.loads(text)


def shared(sandbox, merchant, transaction_id, number="S1"):
    sandbox.pass_time(4)
    code, text = merchant.client.profitsharing_order_query(transaction_id, number)
    assert code == 200, text
    return json.loads(text)


def unsplit(merchant, transaction_id):
    return json.loads(merchant.client.profitsharing_amount_query(transaction_id)[1])[
        "unsplit_amount"
    ]


def test_a_part_goes_to_a_partner_and_the_rest_is_unfrozen(sandbox, merchant):
    assert add(merchant)[0] == 200
    payment = paid(sandbox, merchant)
    books = sandbox.books()
    assert (books["basic_fen"], books["frozen_fen"]) == (0, 9940)
    code, answer = share(merchant, payment, 2000)
    assert (code, answer["state"], answer["receivers"][0]["result"]) == (
        200,
        "PROCESSING",
        "PENDING",
    )
    assert unsplit(merchant, payment) == 7940
    found = shared(sandbox, merchant, payment)
    assert (found["state"], found["receivers"][0]["result"]) == ("FINISHED", "SUCCESS")
    assert sandbox.books()["frozen_fen"] == 7940
    merchant.client.profitsharing_unfreeze(payment, "U1", "完结分账")
    sandbox.pass_time(4)
    books = sandbox.books()
    assert (books["basic_fen"], books["frozen_fen"], books["sum_fen"]) == (7940, 0, 0)
    assert unsplit(merchant, payment) == 0
    code, answer = share(merchant, payment, 1, "S2")
    assert (code, answer["code"]) == (400, "INVALID_REQUEST")


def test_a_last_sharing_unfreezes_by_itself(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant)
    share(merchant, payment, 1000, last=True)
    shared(sandbox, merchant, payment)
    books = sandbox.books()
    assert (books["basic_fen"], books["frozen_fen"]) == (8940, 0)


def test_the_same_number_shares_once(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant)
    first = share(merchant, payment, 1000)
    assert share(merchant, payment, 1000) == first
    code, answer = share(merchant, payment, 1001)
    assert (code, answer["code"]) == (400, "INVALID_REQUEST")
    shared(sandbox, merchant, payment)
    assert sandbox.books()["frozen_fen"] == 8940


def test_at_most_thirty_percent_is_shared_in_all(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant)
    assert share(merchant, payment, 2000)[0] == 200
    code, answer = share(merchant, payment, 1001, "S2")
    assert (code, answer["code"]) == (403, "RULE_LIMIT")
    assert share(merchant, payment, 1000, "S2")[0] == 200
    sandbox.control("/pay/terms", {"sharing_percent": 100}, "PUT")
    code, answer = share(merchant, payment, 6941, "S3")
    assert (code, answer["code"]) == (403, "NOT_ENOUGH")  # the fee is not there to share


def test_a_failed_part_can_be_shared_again(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant)
    wish = {"kind": "sharing_fail", "reason": "RECEIVER_HIGH_RISK"}
    sandbox.control("/faults", wish)
    share(merchant, payment, 3000)
    (part,) = shared(sandbox, merchant, payment)["receivers"]
    assert (part["result"], part["fail_reason"]) == ("CLOSED", "RECEIVER_HIGH_RISK")
    assert sandbox.books()["frozen_fen"] == 9940
    assert share(merchant, payment, 3000, "S2")[0] == 200
    assert shared(sandbox, merchant, payment, "S2")["receivers"][0]["result"] == "SUCCESS"


def test_who_is_no_receiver_gets_nothing_and_the_others_do(sandbox, merchant):
    add(merchant)
    phone = sandbox.phone()
    add(merchant, phone["mini_openid"], "PERSONAL_OPENID", None)
    payment = paid(sandbox, merchant)
    parts = [
        {"type": "MERCHANT_ID", "account": PARTNER, "amount": 100, "description": "门店"},
        {"type": "MERCHANT_ID", "account": "1900000300", "amount": 100, "description": "门店"},
        {
            "type": "PERSONAL_OPENID",
            "account": phone["mini_openid"],
            "amount": 100,
            "description": "员工",
        },
    ]
    merchant.client.profitsharing_order(payment, "S1", parts, False)
    found = shared(sandbox, merchant, payment)["receivers"]
    assert [part["result"] for part in found] == ["SUCCESS", "CLOSED", "SUCCESS"]
    assert found[1]["fail_reason"] == "NO_RELATION"
    merchant.client.profitsharing_delete_receiver("MERCHANT_ID", PARTNER)
    share(merchant, payment, 100, "S2")
    assert shared(sandbox, merchant, payment, "S2")["receivers"][0]["fail_reason"] == "NO_RELATION"
    assert sandbox.books()["frozen_fen"] == 9740


def test_a_payment_can_be_shared_a_minute_after_it_and_only_if_it_was_meant_to(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant, settle={"profit_sharing": False})
    assert sandbox.books()["frozen_fen"] == 0
    code, answer = share(merchant, payment, 1)
    assert (code, answer["code"]) == (400, "INVALID_REQUEST")
    phone = sandbox.phone()
    order = merchant.order(phone, settle_info={"profit_sharing": True})
    prepay = merchant.send("POST", "/v3/pay/transactions/jsapi", order)[1]["prepay_id"]
    fresh = sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay))
    assert share(merchant, fresh["transaction_id"], 1)[0] == 400
    sandbox.pass_time(61)
    assert share(merchant, fresh["transaction_id"], 1)[0] == 200


def test_what_is_shipped_is_shared_after_it_was_received(sandbox, merchant, product):
    sandbox.control("/console", {"trade_managed": True}, "PUT")
    add(merchant)
    shop = Shop(sandbox, merchant, product)
    payment = paid(sandbox, merchant, phone=shop.buyer)
    number = sandbox.books()["orders"][0]["out_trade_no"]
    assert shop.ship(number) == 0
    code, answer = share(merchant, payment, 1000)
    assert (code, answer["code"]) == (400, "INVALID_REQUEST")
    sandbox.control(f"/phones/{shop.buyer['id']}/confirm-receipt", {"out_trade_no": number})
    assert share(merchant, payment, 1000)[0] == 200


def test_a_used_number_unfreezes_nothing(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant)
    share(merchant, payment, 1000)
    shared(sandbox, merchant, payment)
    assert merchant.client.profitsharing_unfreeze(payment, "S1", "完结分账")[0] == 200
    sandbox.pass_time(4)
    assert sandbox.books()["frozen_fen"] == 8940
    sandbox.pass_time(30 * 86_400)
    books = sandbox.books()
    assert (books["frozen_fen"], books["basic_fen"]) == (0, 8940)


def test_a_refund_comes_from_the_frozen_money(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant)
    wish = {
        "transaction_id": payment,
        "out_refund_no": "R1",
        "amount": {"refund": 10_000, "total": 10_000, "currency": "CNY"},
    }
    assert merchant.send("POST", "/v3/refund/domestic/refunds", wish)[0] == 200
    books = sandbox.books()
    assert (books["frozen_fen"], books["basic_fen"], books["sum_fen"]) == (0, 0, 0)
    code, answer = share(merchant, payment, 1)
    assert (code, answer["code"]) == (400, "INVALID_REQUEST")


def give_back(merchant, amount, number="B1", mchid=PARTNER, sharing="S1"):
    code, text = merchant.client.profitsharing_return(
        number, mchid, amount, "用户退款", out_order_no=sharing
    )
    return code, json.loads(text)


def test_a_partner_gives_back_no_more_than_it_got(sandbox, merchant):
    add(merchant)
    payment = paid(sandbox, merchant)
    share(merchant, payment, 2000)
    shared(sandbox, merchant, payment)
    code, answer = give_back(merchant, 1500)
    assert (code, answer["result"]) == (200, "SUCCESS")
    assert give_back(merchant, 1500)[1] == answer
    assert give_back(merchant, 501, "B2")[0] == 400
    assert sandbox.books()["basic_fen"] == 1500
    sandbox.control("/faults", {"kind": "sharing_return_fail"})
    assert give_back(merchant, 500, "B2")[1]["fail_reason"] == "BALANCE_NOT_ENOUGH"
    assert give_back(merchant, 500, "B3")[1]["result"] == "SUCCESS"
    code, text = merchant.client.profitsharing_return_query("S1", "B3")
    assert (code, json.loads(text)["result"]) == (200, "SUCCESS")
    assert merchant.client.profitsharing_return_query("S9", "B3")[0] == 404
    code, answer = share(merchant, payment, 1001, "S2")
    assert (code, answer["code"]) == (403, "RULE_LIMIT")  # what came back is not shared again
    assert sandbox.books()["sum_fen"] == 0


def test_persons_and_strangers_give_nothing_back(sandbox, merchant):
    phone = sandbox.phone()
    add(merchant, phone["mini_openid"], "PERSONAL_OPENID", None)
    payment = paid(sandbox, merchant)
    share(merchant, payment, 100, account=phone["mini_openid"], type="PERSONAL_OPENID")
    shared(sandbox, merchant, payment)
    assert give_back(merchant, 1, mchid=phone["mini_openid"])[0] == 400
    assert give_back(merchant, 1, mchid="1900000300")[0] == 400
    assert give_back(merchant, 1, sharing="S9")[0] == 404


def test_receivers_are_named_exactly(sandbox, merchant):
    wish = {
        "appid": merchant.accounts["WECHAT_MINI_APP_ID"],
        "type": "MERCHANT_ID",
        "account": PARTNER,
        "relation_type": "STORE",
    }
    path = "/v3/profitsharing/receivers/add"
    for change in (
        {},
        {"name": "clear"},
        {"type": "PERSONAL_OPENID", "account": "o-unknown"},
        {"type": "PERSONAL_OPENID", "account": "o", "relation_type": "CUSTOM"},
        {"type": "BANK"},
    ):
        assert merchant.send("POST", path, wish | change)[0] == 400
    assert sandbox.world.state.receivers.all() == []
    code, answer = add(merchant)
    assert (code, answer["account"], answer["relation_type"]) == (200, PARTNER, "STORE")


def test_the_bill_of_a_day_lists_parts_and_returns(sandbox, merchant):
    day = today(sandbox)
    add(merchant)
    payment = paid(sandbox, merchant)
    share(merchant, payment, 2000)
    shared(sandbox, merchant, payment)
    give_back(merchant, 500)
    to_the_bill_of(sandbox, day)
    rows, summary = table(fetch(merchant, merchant.client.profitsharing_bill(day)))
    flows, _ = table(fetch(merchant, merchant.client.fundflow_bill(day)))
    assert flows[-1]["微信支付业务单号"] == rows[-1]["微信分账/回退单号"]
    assert (flows[-1]["业务类型"], flows[-1]["收支金额(元)"]) == ("分账回退", "5.00")
    kinds = [(row["业务类型"], row["分账金额(元)"]) for row in rows]
    assert kinds == [("分账", "20.00"), ("分账回退", "5.00")]
    assert summary == {"总笔数": "2", "分账总金额": "20.00", "分账回退总金额": "5.00"}


@pytest.mark.parametrize("path", ["orders/S9?transaction_id=1", "transactions/1/amounts"])
def test_what_was_never_shared_is_not_found(merchant, path):
    assert merchant.send("GET", f"/v3/profitsharing/{path}")[0] == 404
