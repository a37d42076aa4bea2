"""Platform certificates, the public key, and the switch from the one to the other."""

from __future__ import annotations

import json

import pytest
import requests
from wechatpayv3.type import RequestType

NOTIFY = "/wechat/pay/notify"
QUERY = "/v3/pay/transactions/out-trade-no/unknown?mchid=1900000109"
DAY = 86400


def mode(sandbox, wanted, **more):
    return sandbox.control("/pay/keys", {"mode": wanted} | more, "PUT")


def get(sandbox, merchant, path, named=""):
    headers = merchant.headers("GET", path, "")
    if named:
        headers["Wechatpay-Serial"] = named
    return requests.get(f"{sandbox.url}{path}", headers=headers, timeout=9)


def told_with(sandbox, merchant, product, count=1):
    """Serials of the notifications of `count` payments."""
    phone, before = sandbox.phone(), len(product.of(NOTIFY))
    for _ in range(count):
        _, prepay_id = merchant.prepay(phone)
        sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay_id))
    sandbox.drain()
    return [letter.headers["wechatpay-serial"] for letter in product.of(NOTIFY)[before:]]


def test_wechatpayv3_works_with_certificates_only(sandbox, merchant, product):
    keys = mode(sandbox, "certificate")
    client = merchant.new_client()
    phone = sandbox.phone()
    code, text = client.pay("储值", "T" * 32, {"total": 100}, {"openid": phone["mini_openid"]})
    assert code == 200
    prepay_id = json.loads(text)["prepay_id"]
    sandbox.control(f"/phones/{phone['id']}/pay", merchant.sheet(prepay_id))
    sandbox.drain()
    (letter,) = product.of(NOTIFY)
    assert letter.headers["wechatpay-serial"] == keys["certificates"][0]["serial_no"]
    assert json.loads(client.decrypt_callback(letter.headers, letter.body))["out_trade_no"]


def test_a_name_is_encrypted_for_a_certificate_too(sandbox, merchant):
    mode(sandbox, "certificate")
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 500_000})
    wish = merchant.transfer(sandbox.phone(), 300_000, user_name="李雷")
    for left_out in ("appid", "notify_url"):
        del wish[left_out]
    code, text = merchant.new_client().mch_transfer_bills(**wish)
    assert (code, json.loads(text)["state"]) == (200, "WAIT_USER_CONFIRM")


def test_keys_outlive_a_restart(start, merchant):
    before = mode(start(), "switching", percent=50)
    assert start().control("/pay/keys", method="GET") == before


def test_a_rotated_certificate_is_offered_before_it_signs(sandbox, merchant):
    first = mode(sandbox, "certificate")["certificates"][0]["serial_no"]
    client = merchant.new_client()
    sandbox.control("/pay/keys/rotate", {"overlap_seconds": 3600})
    answer = get(sandbox, merchant, "/v3/certificates")
    serials = [one["serial_no"] for one in answer.json()["data"]]
    assert (answer.status_code, len(serials), serials[0]) == (200, 2, first)
    assert answer.headers["Wechatpay-Serial"] == first
    sandbox.pass_time(3601)
    assert get(sandbox, merchant, QUERY).headers["Wechatpay-Serial"] == serials[1]
    assert get(sandbox, merchant, QUERY, first).headers["Wechatpay-Serial"] == first
    assert client.close(out_trade_no="unknown")[0] == 404
    sandbox.pass_time(DAY)
    listed = get(sandbox, merchant, "/v3/certificates").json()["data"]
    assert [one["serial_no"] for one in listed] == serials[1:]
    assert get(sandbox, merchant, QUERY, first).json()["code"] == "PARAM_ERROR"


def test_a_certificate_nobody_renewed_still_signs(sandbox, merchant):
    serial = mode(sandbox, "certificate")["certificates"][0]["serial_no"]
    sandbox.control("/clock/advance", {"seconds": 6 * 366 * DAY})
    assert get(sandbox, merchant, "/v3/certificates").status_code == 404
    assert get(sandbox, merchant, QUERY).headers["Wechatpay-Serial"] == serial


def test_during_the_switch_answers_follow_the_named_key(sandbox, merchant):
    serial = mode(sandbox, "switching")["certificates"][0]["serial_no"]
    public = sandbox.world.accounts.public_key_id
    assert get(sandbox, merchant, QUERY).headers["Wechatpay-Serial"] == serial
    assert get(sandbox, merchant, QUERY, serial).headers["Wechatpay-Serial"] == serial
    assert get(sandbox, merchant, QUERY, public).headers["Wechatpay-Serial"] == public
    wrong = get(sandbox, merchant, QUERY, "PUB_KEY_ID_0000")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "PARAM_ERROR")
    mode(sandbox, "public_key")
    assert get(sandbox, merchant, QUERY, serial).json()["code"] == "PARAM_ERROR"
    mode(sandbox, "certificate")
    assert get(sandbox, merchant, QUERY, public).json()["code"] == "PARAM_ERROR"


def test_notifications_go_over_in_seven_days(sandbox):
    keys = mode(sandbox, "switching")
    shares = [keys["public_key_percent"]]
    for _ in range(7):
        sandbox.control("/clock/advance", {"seconds": DAY})
        shares.append(sandbox.control("/pay/keys", method="GET")["public_key_percent"])
    assert shares == [0.1, 1.0, 5.0, 10.0, 20.0, 50.0, 100.0, 100.0]


@pytest.mark.parametrize(("percent", "public"), [(0, 0), (100, 4)])
def test_a_fixed_share_of_notifications_uses_the_public_key(
    sandbox, merchant, product, percent, public
):
    mode(sandbox, "switching", percent=percent)
    serials = told_with(sandbox, merchant, product, 4)
    assert serials.count(sandbox.world.accounts.public_key_id) == public


def test_the_dice_fall_the_same_way_for_the_same_seed(sandbox, merchant, product):
    def fallen():
        sandbox.control("/reset")
        mode(sandbox, "switching", percent=50)
        serials = told_with(sandbox, merchant, product, 12)
        return sorted(serial.startswith("PUB_KEY_ID") for serial in serials)

    first = fallen()
    assert 0 < sum(first) < 12
    assert fallen() == first


def test_the_echo_is_answered_with_the_named_key(sandbox, merchant, product):
    client = merchant.client
    wish = {
        "echo_message": "听见吗",
        "encrypted_echo_message": client._core.encrypt("秘密"),
        "notify_url": merchant.notify_url,
    }
    status, answer = merchant.send("POST", "/v3/security/echo", wish)
    assert (status, answer["code"]) == (400, "PARAM_ERROR")
    code, text = client._core.request("/v3/security/echo", RequestType.POST, wish, cipher_data=True)
    answer = json.loads(text)
    assert (code, answer["echo_message"]) == (200, "听见吗")
    assert client.decrypt(answer["encrypted_echo_message"]) == "秘密"
    sandbox.drain()
    (letter,) = product.of(NOTIFY)
    assert json.loads(letter.body)["event_type"] == "SECURITY_ECHO.SUCCESS"
    assert json.loads(client.decrypt_callback(letter.headers, letter.body))["echo_message"]


def test_a_mode_that_does_not_exist_changes_nothing(sandbox, merchant):
    for wish in ({"mode": "both"}, {"mode": "switching", "percent": 101}, {"percent": 5}):
        answer = requests.put(f"{sandbox.url}/__ctl/pay/keys", json=wish, timeout=9)
        assert answer.status_code == 409
    assert requests.post(f"{sandbox.url}/__ctl/pay/keys/rotate", timeout=9).status_code == 409
    assert sandbox.control("/pay/keys", method="GET")["mode"] == "public_key"


@pytest.mark.parametrize(
    "wish",
    [{"colour": 1}, {"fees_from": "LOCKED"}, {"codepay_free_fen": -1}, {"refund_seconds": "2"}],
)
def test_a_term_that_cannot_be_changes_nothing(sandbox, wish):
    before = sandbox.control("/pay/terms", method="GET")["terms"]
    answer = requests.put(f"{sandbox.url}/__ctl/pay/terms", json=wish, timeout=9)
    assert answer.status_code == 409
    assert sandbox.control("/pay/terms", method="GET")["terms"] == before
