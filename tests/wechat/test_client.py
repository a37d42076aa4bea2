"""The door to WeChat, against the sandbox: every call, its faults, and what comes back."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import zxingcpp
from PIL import Image

from app.core.config import settings
from app.core.db import in_transaction
from app.core.world import now
from app.wechat import client, pay, tokens
from app.wechat.client import OutcomeUnknown, WeChatRefused, WeChatUnavailable
from app.wechat.envelope import Message
from tests.wechat.pretend import Sandbox, eventually

pytestmark = pytest.mark.usefixtures("context")


def _number() -> str:
    return uuid4().hex


def _refused(code: str) -> Any:
    return pytest.raises(WeChatRefused, match=f"^WeChat answered {code}$")


def test_a_login_code_tells_who_it_is_and_works_once(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    code = sandbox.act(phone, "login")["code"]
    session = client.code_to_session(code)
    assert session == client.LoginSession(phone["mini_openid"], phone["unionid"])
    assert not hasattr(session, "session_key")
    with pytest.raises(client.LoginCodeInvalid):
        client.code_to_session(code)


@pytest.mark.parametrize("code", ["", "unknown", "x" * 129, "错"])
def test_a_login_code_nobody_got_is_invalid(sandbox: Sandbox, code: str) -> None:
    with pytest.raises(client.LoginCodeInvalid):
        client.code_to_session(code)


def test_a_follower_gets_template_and_chat_messages(sandbox: Sandbox) -> None:
    phone = sandbox.phone()
    sandbox.act(phone, "follow")
    template = next(iter(settings().wechat_oa_templates.values()))
    message_id = client.send_template(
        openid=phone["openid"],
        template_id=template,
        data={"thing1": "老码头火锅", "amount2": "100.00元"},
        client_message_id=_number(),
        url="https://example.com/",
    )
    client.send_customer_service_text(phone["openid"], "您好，欢迎")
    assert message_id
    chat = " ".join(sandbox.chat(phone))
    assert "老码头火锅" in chat
    assert "您好，欢迎" in chat


def test_wechats_refusals_carry_its_code(sandbox: Sandbox) -> None:
    stranger = sandbox.phone()
    with _refused("43004"):
        client.send_template(
            openid=stranger["openid"],
            template_id=next(iter(settings().wechat_oa_templates.values())),
            data={"thing1": "x"},
            client_message_id=_number(),
        )
    with _refused("45015"):
        client.send_customer_service_text(stranger["openid"], "x")


@pytest.mark.parametrize(("seconds", "is_permanent"), [(None, True), (3600, False)])
def test_a_scanned_code_brings_its_scene_back(
    sandbox: Sandbox, messages, seconds: int | None, is_permanent: bool
) -> None:
    scene = "S" + "0" * 30
    ticket = client.create_qrcode_ticket(scene, seconds)
    assert (ticket.expires_at is None) is is_permanent
    picture = Image.open(io.BytesIO(client.fetch_ticket_picture(ticket.ticket)))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ticket.url]
    seen: list[Message] = []

    def welcome(message: Message) -> str:
        seen.append(message)
        return "欢迎加入"

    phone = sandbox.phone()
    with messages.connected_to(welcome):
        sandbox.act(phone, "scan", content=ticket.url)
        sandbox.drain()
        sandbox.act(phone, "scan", content=ticket.url)
        sandbox.drain()
    assert [(message.event, message.scene) for message in seen] == [
        ("subscribe", scene),
        ("scan", scene),
    ]
    assert {message.openid for message in seen} == {phone["openid"]}
    assert "欢迎加入" in " ".join(sandbox.chat(phone))


def test_a_push_replayed_or_forged_is_not_handled_again(sandbox: Sandbox, messages) -> None:
    seen: list[str] = []

    def note(message: Message) -> None:
        seen.append(message.event)

    phone = sandbox.phone()
    with messages.connected_to(note):
        sandbox.act(phone, "follow", scene="S1")
        sandbox.drain()
        for _ in range(3):
            sandbox.control("/push/replay")
        sandbox.control("/push/forge", {"phone": phone["id"]})
        sandbox.drain()
    assert seen == ["subscribe"]


def test_a_dead_ticket_has_no_picture(sandbox: Sandbox) -> None:
    with _refused("404"):
        client.fetch_ticket_picture("no such ticket")


def test_a_stale_token_is_renewed_once(sandbox: Sandbox) -> None:
    sandbox.fault("token_invalid", count=1)
    assert client.create_qrcode_ticket("S1", 60).url


def test_a_token_that_stays_stale_ends_as_unavailable(sandbox: Sandbox) -> None:
    sandbox.fault("token_invalid", count=1000)
    with pytest.raises(WeChatUnavailable):
        client.create_qrcode_ticket("S1", 60)


@pytest.mark.parametrize("kind", ["bad_gateway", "system_error", "reset_before", "reset_after"])
def test_trouble_with_the_official_account_is_unavailable(sandbox: Sandbox, kind: str) -> None:
    tokens.access_token()
    sandbox.fault(kind, match="qrcode/create")
    with pytest.raises(WeChatUnavailable):
        client.create_qrcode_ticket("S1", 60)


# WeChat Pay


def _order(sandbox: Sandbox, phone: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "out_trade_no": _number(),
        "description": "储值 · 老码头火锅",
        "amount_fen": 12_345,
        "trade_type": "jsapi",
        "app_id": settings().wechat_mini_app_id,
        "openid": phone["mini_openid"],
        "expires_at": now() + timedelta(minutes=30),
        **more,
    }


def _paid(sandbox: Sandbox, phone: dict[str, Any], **more: Any) -> dict[str, Any]:
    order = _order(sandbox, phone, **more)
    prepaid = client.prepay(**order)
    assert prepaid.prepay_id is not None
    sandbox.act(phone, "pay", **client.jsapi_parameters(prepaid.prepay_id, order["app_id"]))
    return order


def test_an_order_is_paid_and_notified(sandbox: Sandbox, payments) -> None:
    phone, seen = sandbox.phone(), []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append((event_type, client.order_status(resource)))

    with payments.connected_to(note):
        order = _paid(sandbox, phone)
        eventually(lambda: seen)
        sandbox.drain()
    [(event_type, notified)] = seen
    assert event_type == "TRANSACTION.SUCCESS"
    status = client.query_order(order["out_trade_no"])
    assert notified == status
    assert status.is_paid
    assert (status.state, status.amount_fen) == ("SUCCESS", 12_345)
    assert (status.openid, status.app_id) == (phone["mini_openid"], order["app_id"])
    assert status.success_at is not None
    assert abs(status.success_at - now()) < timedelta(minutes=1)


def test_a_native_order_is_paid_by_scanning(sandbox: Sandbox, payments) -> None:
    phone = sandbox.phone()
    order = _order(sandbox, phone, trade_type="native", openid=None)
    prepaid = client.prepay(**order)
    assert prepaid.prepay_id is None
    sandbox.act(phone, "pay", code_url=prepaid.code_url)
    assert client.query_order(order["out_trade_no"]).is_paid


def test_an_order_may_be_placed_again_only_unchanged(sandbox: Sandbox) -> None:
    order = _order(sandbox, sandbox.phone())
    assert client.prepay(**order).prepay_id
    assert client.prepay(**order).prepay_id
    with pytest.raises(WeChatRefused):
        client.prepay(**order | {"amount_fen": 1})
    assert client.query_order(order["out_trade_no"]).is_paid is False


def test_an_unpaid_order_is_closed_and_a_paid_one_is_not(sandbox: Sandbox, payments) -> None:
    phone = sandbox.phone()
    open_order = _order(sandbox, phone)
    client.prepay(**open_order)
    client.close_order(open_order["out_trade_no"])
    assert client.query_order(open_order["out_trade_no"]).state == "CLOSED"
    paid = _paid(sandbox, phone)
    with pytest.raises(WeChatRefused):
        client.close_order(paid["out_trade_no"])
    assert client.query_order(paid["out_trade_no"]).is_paid


def test_an_order_nobody_placed_does_not_exist(sandbox: Sandbox) -> None:
    with _refused("ORDER_NOT_EXIST"):
        client.query_order(_number())


@pytest.mark.parametrize("number", ["", "short", "x" * 33, "a/../../refunds", "中" * 8, "a b c d"])
def test_a_number_wechat_would_not_take_is_never_sent(sandbox: Sandbox, number: str) -> None:
    with pytest.raises(ValueError, match="not a number WeChat Pay takes"):
        client.query_order(number)


def test_a_refund_is_made_once_under_its_number(sandbox: Sandbox, payments) -> None:
    seen: list[client.RefundStatus] = []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        if event_type.startswith("REFUND."):
            seen.append(client.refund_status(resource))

    order = _paid(sandbox, sandbox.phone())
    refund = {
        "out_refund_no": _number(),
        "out_trade_no": order["out_trade_no"],
        "refund_fen": 2_345,
        "total_fen": 12_345,
        "reason": "顾客退单",
    }
    with payments.connected_to(note):
        first, again = client.refund(**refund), client.refund(**refund)
        assert first.refund_id == again.refund_id
        sandbox.control("/clock/advance", {"seconds": 60})
        eventually(lambda: seen)
    status = client.query_refund(refund["out_refund_no"])
    assert (status.state, status.refund_fen, status.total_fen) == ("SUCCESS", 2_345, 12_345)
    assert {(found.out_refund_no, found.state) for found in seen} == {
        (refund["out_refund_no"], "SUCCESS")
    }


def _transfer(phone: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "out_bill_no": _number(),
        "app_id": settings().wechat_mini_app_id,
        "openid": phone["mini_openid"],
        "amount_fen": 15_000,
        "remark": "返利提现",
        **more,
    }


def _waiting(sandbox: Sandbox, transfer: dict[str, Any]) -> client.TransferStatus:
    client.create_transfer(**transfer)

    def waits() -> client.TransferStatus | None:
        status = client.query_transfer(transfer["out_bill_no"])
        return status if status.state == "WAIT_USER_CONFIRM" else None

    sandbox.control("/clock/advance", {"seconds": 30})
    eventually(waits)
    return client.create_transfer(**transfer)


@pytest.fixture
def funded(sandbox: Sandbox) -> Sandbox:
    sandbox.control("/books/top-up", {"account": "OPERATION", "amount_fen": 10_000_000})
    return sandbox


def test_a_transfer_is_confirmed_by_its_receiver(funded: Sandbox, payments) -> None:
    phone, seen = funded.phone(), []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append((event_type, client.transfer_status(resource)))

    transfer = _transfer(phone)
    waiting = _waiting(funded, transfer)
    assert waiting.package_info
    with payments.connected_to(note):
        funded.act(phone, "confirm-transfer", package_info=waiting.package_info)
        funded.control("/clock/advance", {"seconds": 60})
        eventually(lambda: seen)
    status = client.query_transfer(transfer["out_bill_no"])
    assert (status.state, status.amount_fen, status.is_final) == ("SUCCESS", 15_000, True)
    assert seen[0][0] == "MCHTRANSFER.BILL.FINISHED"
    assert (seen[0][1].out_bill_no, seen[0][1].state) == (transfer["out_bill_no"], "SUCCESS")


def test_a_transfer_repeated_under_its_number_is_one_transfer(funded: Sandbox) -> None:
    transfer = _transfer(funded.phone())
    first, again = client.create_transfer(**transfer), client.create_transfer(**transfer)
    assert first.transfer_bill_no == again.transfer_bill_no
    with pytest.raises(WeChatRefused):
        client.create_transfer(**transfer | {"amount_fen": 1_000})
    assert client.query_transfer(transfer["out_bill_no"]).amount_fen == 15_000


def test_a_transfer_that_waits_can_be_cancelled(funded: Sandbox) -> None:
    transfer = _transfer(funded.phone())
    _waiting(funded, transfer)
    assert client.cancel_transfer(transfer["out_bill_no"]).state in {"CANCELING", "CANCELLED"}
    funded.control("/clock/advance", {"seconds": 60})
    eventually(lambda: client.query_transfer(transfer["out_bill_no"]).state == "CANCELLED")


def test_the_real_name_is_needed_from_two_thousand_yuan(funded: Sandbox) -> None:
    phone = funded.phone()
    for refused in ({"amount_fen": 200_000}, {"amount_fen": 9}):
        with pytest.raises(client.TransferNotPossible):
            client.create_transfer(**_transfer(phone, **refused))
    named = _transfer(phone, amount_fen=200_000, real_name="张三")
    assert client.create_transfer(**named).transfer_bill_no


def test_a_clock_moved_this_instant_does_not_make_letters_stale(funded: Sandbox, payments) -> None:
    seen: list[str] = []

    def note(event_type: str, resource: dict[str, Any]) -> None:
        seen.append(event_type)

    with payments.connected_to(note):
        transfer = _transfer(funded.phone())
        for _ in range(3):
            client.query_transfer(_waiting(funded, transfer).out_bill_no)
            funded.control("/clock/advance", {"seconds": 8 * 3600})
        eventually(lambda: client.query_transfer(transfer["out_bill_no"]).state == "FAIL")
        eventually(lambda: seen == ["MCHTRANSFER.BILL.FINISHED"])


@pytest.mark.parametrize("kind", ["reset_after", "system_error_after", "bad_gateway"])
def test_an_unclear_transfer_is_queried_and_never_lost(funded: Sandbox, kind: str) -> None:
    transfer = _transfer(funded.phone())
    funded.fault(kind, match="POST /v3/fund-app/mch-transfer/transfer-bills")
    with pytest.raises(OutcomeUnknown):
        client.create_transfer(**transfer)
    if kind == "bad_gateway":
        assert client.create_transfer(**transfer).transfer_bill_no
    assert client.query_transfer(transfer["out_bill_no"]).amount_fen == 15_000


@pytest.mark.parametrize("kind", ["reset_after", "system_error_after"])
def test_an_unclear_refund_is_queried_and_never_lost(sandbox: Sandbox, payments, kind: str) -> None:
    order = _paid(sandbox, sandbox.phone())
    number = _number()
    sandbox.fault(kind, match="POST /v3/refund/domestic/refunds")
    with pytest.raises(OutcomeUnknown):
        client.refund(
            out_refund_no=number,
            out_trade_no=order["out_trade_no"],
            refund_fen=12_345,
            total_fen=12_345,
        )
    assert client.query_refund(number).refund_fen == 12_345


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "system_error", "bad_gateway"])
def test_an_unclear_order_may_be_placed_again(sandbox: Sandbox, kind: str) -> None:
    order = _order(sandbox, sandbox.phone())
    sandbox.fault(kind, match="POST /v3/pay/transactions/jsapi")
    with pytest.raises(WeChatUnavailable):
        client.prepay(**order)
    assert client.prepay(**order).prepay_id


def test_asking_too_often_is_unavailable(sandbox: Sandbox) -> None:
    sandbox.fault("frequency_limited", match="/v3/")
    with pytest.raises(WeChatUnavailable):
        client.query_order(_number())


def test_a_transfer_without_funds_is_refused_or_waits(sandbox: Sandbox) -> None:
    transfer = _transfer(sandbox.phone())
    sandbox.fault("not_enough", match="transfer-bills")
    with _refused("NOT_ENOUGH"):
        client.create_transfer(**transfer)
    assert client.create_transfer(**transfer).transfer_bill_no


def test_wechat_away_is_unavailable_even_for_money(app, context) -> None:
    assert "127.0.0.1:9" in settings().wechat_pay_base
    phone = {"mini_openid": "o1"}
    with pytest.raises(WeChatUnavailable):
        client.create_transfer(**_transfer(phone))
    with pytest.raises(WeChatUnavailable):
        client.code_to_session("code")


def test_wechat_is_never_called_while_a_unit_of_work_is_open(sandbox: Sandbox) -> None:
    tokens.access_token()
    with pytest.raises(RuntimeError, match="unit of work"):
        in_transaction(lambda: client.query_order(_number()))
    with pytest.raises(RuntimeError, match="unit of work"):
        in_transaction(lambda: client.create_qrcode_ticket("S1", 60))


def test_an_answer_that_wechat_did_not_sign_is_not_believed(
    funded: Sandbox, monkeypatch, tmp_path
) -> None:
    transfer = _transfer(funded.phone())
    real = pay.pay_keys()
    forged = {settings().wechat_pay_public_key_id: _another_key()}
    monkeypatch.setattr(pay, "pay_keys", lambda: type(real)(forged, "", "", ()))
    with pytest.raises(OutcomeUnknown):
        client.create_transfer(**transfer)
    with pytest.raises(WeChatUnavailable):
        client.query_transfer(transfer["out_bill_no"])


def _another_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
