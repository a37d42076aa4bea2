"""Names, limits, late closing and receipts of transfers."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.sandbox.merchant import TRANSFERS
from tests.sandbox.test_transfers import confirm, told, top_up


def transfer(merchant, phone, amount_fen, name=None, number="B1"):
    """Through `wechatpayv3`, which encrypts the name anew each time."""
    code, text = merchant.client.mch_transfer_bills(
        out_bill_no=number,
        transfer_scene_id="1005",
        openid=phone["mini_openid"],
        transfer_amount=amount_fen,
        transfer_remark="返利提现",
        user_name=name,
        transfer_scene_report_infos=merchant.transfer(phone)["transfer_scene_report_infos"],
    )
    return code, json.loads(text)


def pay_out(sandbox, merchant, phone, amount_fen, number):
    code, answer = transfer(merchant, phone, amount_fen, number=number)
    assert code == 200, answer
    assert confirm(sandbox, phone, answer["package_info"]).status_code == 200
    sandbox.pass_time(2)
    return merchant.bill(number)


def test_a_name_is_compared_in_the_clear(sandbox, merchant):
    top_up(sandbox, 1_000_000)
    phone = sandbox.phone()
    code, first = transfer(merchant, phone, 300_000, "李雷")
    assert (code, first["state"]) == (200, "WAIT_USER_CONFIRM")
    assert transfer(merchant, phone, 300_000, "李雷") == (200, first)
    code, answer = transfer(merchant, phone, 300_000, "韩梅梅")
    assert (code, answer["code"]) == (400, "ALREADY_EXISTS")
    assert sandbox.books()["operation_fen"] == 700_000


@pytest.mark.parametrize(("name", "end"), [("李雷", "SUCCESS"), ("韩梅梅", "FAIL")])
def test_a_name_that_is_not_the_receivers_fails(sandbox, merchant, name, end):
    top_up(sandbox)
    phone = sandbox.phone()
    sandbox.control(f"/phones/{phone['id']}/real-name", {"real_name": "李雷"})
    _, answer = transfer(merchant, phone, 1000, name)
    confirm(sandbox, phone, answer["package_info"])
    sandbox.pass_time(2)
    bill = merchant.bill("B1")
    assert (bill["state"], bill.get("fail_reason")) == (
        end,
        None if end == "SUCCESS" else "NAME_NOT_CORRECT",
    )


def test_a_name_has_to_be_encrypted_with_the_key_that_is_named(sandbox, merchant):
    top_up(sandbox)
    wish = merchant.transfer(sandbox.phone(), 1000)
    sealed = merchant.client._core.encrypt("李雷")
    for name in (sealed, "李雷"):
        status, answer = merchant.send("POST", TRANSFERS, wish | {"user_name": name})
        assert (status, answer["code"]) == (400, "PARAM_ERROR")  # no Wechatpay-Serial
    body = json.dumps(wish | {"user_name": "5p2O6Zu3"})
    headers = merchant.headers("POST", TRANSFERS, body)
    headers["Wechatpay-Serial"] = sandbox.world.accounts.public_key_id
    answer = requests.post(f"{sandbox.url}{TRANSFERS}", data=body, headers=headers, timeout=9)
    assert (answer.status_code, answer.json()["code"]) == (400, "PARAM_ERROR")
    assert sandbox.books()["transfers"] == []


def test_limits_of_a_bill_and_of_the_merchants_day(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    limits = {"transfer_bill_limit_fen": 1000, "transfer_day_limit_fen": 2500}
    sandbox.control("/pay/terms", limits, "PUT")
    code, answer = transfer(merchant, phone, 1001)
    assert (code, answer["code"]) == (403, "RULE_LIMIT")
    for number in ("B1", "B2"):
        assert transfer(merchant, phone, 1000, number=number)[0] == 200
    code, answer = transfer(merchant, phone, 1000, number="B3")
    assert (code, answer["code"]) == (403, "RULE_LIMIT")
    assert len(sandbox.books()["transfers"]) == 2
    merchant.send("POST", f"{TRANSFERS}/out-bill-no/B2/cancel")
    sandbox.pass_time(2)
    assert transfer(merchant, phone, 1000, number="B3")[0] == 200


def test_a_receivers_day_has_a_limit(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    sandbox.control("/pay/terms", {"transfer_user_day_limit_fen": 1500}, "PUT")
    assert pay_out(sandbox, merchant, phone, 1000, "B1")["state"] == "SUCCESS"
    bill = pay_out(sandbox, merchant, phone, 1000, "B2")
    assert (bill["state"], bill["fail_reason"]) == ("FAIL", "DAY_RECEIVED_QUOTA_EXCEED")
    sandbox.pass_time(86_400)
    assert pay_out(sandbox, merchant, phone, 1000, "B3")["state"] == "SUCCESS"


def test_a_bill_closed_late_cannot_be_confirmed_any_more(sandbox, merchant, product):
    top_up(sandbox)
    phone = sandbox.phone()
    sandbox.control("/pay/terms", {"transfer_close_lag_seconds": 7200.0}, "PUT")
    _, answer = transfer(merchant, phone, 1000)
    sandbox.pass_time(86_401)
    assert merchant.bill("B1")["state"] == "WAIT_USER_CONFIRM"
    assert confirm(sandbox, phone, answer["package_info"]).status_code == 409
    assert told(merchant, product) == []
    sandbox.pass_time(7200)
    assert merchant.bill("B1")["fail_reason"] == "OVERDUE_CLOSE"
    assert sandbox.books()["operation_fen"] == 100_000


@pytest.mark.parametrize(
    ("scene", "types", "good"),
    [
        ("1000", ["活动名称", "奖励说明"], True),
        ("1000", ["岗位类型", "报酬说明"], False),
        ("1009", ["采购商品名称"], True),
        ("1011", ["赔付原因"], True),
        ("1011", ["赔付原因", "赔付原因"], False),
        ("1013", ["公益活动名称"], False),
        ("9999", ["活动名称"], False),
    ],
)
def test_each_scene_has_its_own_report(sandbox, merchant, scene, types, good):
    top_up(sandbox)
    infos = [{"info_type": name, "info_content": "说明"} for name in types]
    wish = merchant.transfer(sandbox.phone()) | {
        "transfer_scene_id": scene,
        "transfer_scene_report_infos": infos,
    }
    assert merchant.send("POST", TRANSFERS, wish)[0] == (200 if good else 400)
    assert len(sandbox.books()["transfers"]) == good


def test_a_receipt_is_made_of_a_paid_transfer_only(sandbox, merchant):
    top_up(sandbox)
    phone, client = sandbox.phone(), merchant.client
    transfer(merchant, phone, 1000, number="B0")
    assert client.mch_transfer_elecsign(out_bill_no="B0")[0] == 400
    assert client.mch_transfer_elecsign_query(out_bill_no="B0")[0] == 404
    bill = pay_out(sandbox, merchant, phone, 1000, "B1")
    code, text = client.mch_transfer_elecsign(out_bill_no="B1")
    assert (code, json.loads(text)["state"]) == (200, "GENERATING")
    sandbox.pass_time(6)
    number = bill["transfer_bill_no"]
    found = json.loads(client.mch_transfer_elecsign_query(transfer_bill_no=number)[1])
    assert (found["state"], found["hash_type"]) == ("FINISHED", "SHA256")
    code, content = client.download_bill(found["download_url"])
    assert (code, content[:5]) == (200, b"%PDF-")
    assert hashlib.sha256(content).hexdigest().upper() == found["hash_value"]
    sandbox.pass_time(601)
    assert client.download_bill(found["download_url"])[0] == 404
    again = json.loads(client.mch_transfer_elecsign_query(out_bill_no="B1")[1])
    assert again["hash_value"] == found["hash_value"]


def test_cancelling_takes_no_fields(sandbox, merchant):
    top_up(sandbox)
    transfer(merchant, sandbox.phone(), 1000)
    path = f"{TRANSFERS}/out-bill-no/B1/cancel"
    status, answer = merchant.send("POST", path, {"reason": "x"})
    assert (status, answer["code"]) == (400, "PARAM_ERROR")
    assert merchant.bill("B1")["state"] == "WAIT_USER_CONFIRM"
    assert merchant.send("POST", path, {})[0] == 200


def test_a_transfer_is_found_for_thirty_days(sandbox, merchant):
    top_up(sandbox)
    bill = pay_out(sandbox, merchant, sandbox.phone(), 1000, "B1")
    sandbox.pass_time(30 * 86_400 - 60)
    assert merchant.client.mch_transfer_bills_query("B1")[0] == 200
    sandbox.pass_time(61)
    for asked in ({"out_bill_no": "B1"}, {"transfer_bill_no": bill["transfer_bill_no"]}):
        code, text = merchant.client.mch_transfer_bills_query(**asked)
        assert (code, json.loads(text)["code"]) == (404, "NOT_FOUND")


def test_of_confirming_and_cancelling_at_once_one_wins(sandbox, merchant):
    top_up(sandbox)
    phone = sandbox.phone()
    for number in ("B1", "B2", "B3"):
        _, answer = transfer(merchant, phone, 1000, number=number)
        with ThreadPoolExecutor(2) as pool:
            confirming = pool.submit(confirm, sandbox, phone, answer["package_info"])
            cancelling = pool.submit(merchant.client.mch_transfer_bills_cancel, number)
        confirmed, cancelled = confirming.result().status_code, cancelling.result()[0]
        assert (confirmed, cancelled) in ((200, 400), (409, 200))
        sandbox.pass_time(2)
        assert merchant.bill(number)["state"] == ("SUCCESS" if confirmed == 200 else "CANCELLED")
    assert sandbox.books()["sum_fen"] == 0
