"""A notification moves money only where everything in it fits; without one, WeChat is asked."""

from datetime import timedelta

import pytest

from app.core import outbox, timetable
from app.core.config import settings
from app.core.world import now
from app.ledger.service import Account
from tests.alliance import shop as world
from tests.wechat.conftest import pay_desk
from tests.wechat.letters import PayDesk
from tests.wechat.pretend import eventually

__all__ = ["pay_desk"]
NOTIFY = "/wechat/pay/notify"
WRONG = {
    "amount": {"amount": {"total": 601, "currency": "CNY"}},
    "currency": {"amount": {"total": 600, "currency": "USD"}},
    "app": {"appid": "wxsomebodyelse0001"},
    "app of ours": {"appid": "wxdev0fa0000000001"},
    "merchant": {"mchid": "1999999999"},
    "payer": {"payer": {"openid": "osomebodyelse"}},
    "not paid": {"trade_state": "NOTPAY"},
    "refunded": {"trade_state": "REFUND"},
    "order": {"out_trade_no": "0" * 32},
}


@pytest.fixture
def payment(guest, client):
    """400 fen are held, WeChat is to pay 600."""
    world.give(guest.member_id, Account.PREPAID_PRINCIPAL, 400)
    wish = {"store_id": str(guest.shop.store_id), "amount_fen": 1_000}
    wish |= {"purses": ["prepaid", "wechat"]}
    answer = client.post("/api/v1/payments", json=wish, headers=guest.who())
    assert answer.json["status"] == "awaiting", answer.json
    return answer.json


def letter(guest, payment, **more):
    return {
        "mchid": settings().wechat_pay_mch_id,
        "appid": settings().wechat_mini_app_id,
        "out_trade_no": payment["order_id"].replace("-", ""),
        "transaction_id": f"42{payment['order_id'].replace('-', '')[:26]}",
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "success_time": now().isoformat(),
        "payer": {"openid": guest.phone["mini_openid"]},
        "amount": {"total": 600, "payer_total": 600, "currency": "CNY"},
        **more,
    }


def is_untouched(guest):
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 400
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 0
    assert world.count("alliance_sale", f"payer_id = '{guest.member_id}' AND status = 'paid'") == 0
    return True


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_moves_nothing_and_what_fits_does(guest, payment, client, pay_desk, what):
    suspended = world.count("wallet_suspense")
    headers, body = pay_desk.notice(letter(guest, payment, **WRONG[what]), now())
    client.post(NOTIFY, headers=headers, data=body)
    assert is_untouched(guest)
    assert world.count("wallet_suspense") == suspended
    headers, body = pay_desk.notice(letter(guest, payment), now())
    for _ in range(2):
        assert client.post(NOTIFY, headers=headers, data=body).status_code in (200, 204)
    assert world.balance(guest.member_id, Account.PAYMENT_HOLD) == 0
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900
    world.burn_letters()


def test_what_is_not_rightly_signed_moves_nothing(guest, payment, client, pay_desk):
    told = letter(guest, payment)
    right, body = pay_desk.notice(told, now())
    old, old_body = pay_desk.notice(told, now() - timedelta(minutes=6))
    sealed, sealed_body = pay_desk.notice(told, now(), api_v3_key="0" * 32)
    stranger = PayDesk(
        "PUB_KEY_ID_STRANGER", None, settings().wechat_pay_api_v3_key.get_secret_value()
    )
    other, other_body = stranger.notice(told, now())
    posing = other | {"Wechatpay-Serial": right["Wechatpay-Serial"]}
    for headers, raw in (
        (right, body.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.SUCCES")),
        (right | {"Wechatpay-Nonce": "another"}, body),
        (old, old_body),
        (sealed, sealed_body),
        (other, other_body),
        (posing, other_body),
        ({"Content-Type": "application/json"}, body),
    ):
        assert client.post(NOTIFY, headers=headers, data=raw).status_code >= 400
    assert is_untouched(guest)
    assert client.post(NOTIFY, headers=right, data=body).status_code in (200, 204)
    assert world.balance(guest.shop.merchant_id, Account.PENDING) == 900


def test_without_any_notification_wechat_is_asked(guest, payment, client, sandbox):
    sandbox.fault("drop", match="notify:TRANSACTION.SUCCESS", count=50)
    sandbox.act(guest.phone, "pay", **payment["wechat_pay_parameters"])
    sandbox.drain()
    assert is_untouched(guest)
    sandbox.control("/clock/advance", {"seconds": 61})
    now(is_exact=True)

    def is_paid():
        timetable.run_all()
        outbox.work_off()
        return world.balance(guest.shop.merchant_id, Account.PENDING) == 900

    eventually(is_paid, 30)
