"""Who is genuine: WeChat's own published vectors, and everything a forger may try."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1

import pytest
from wechatpy.crypto import WeChatCrypto

from app.wechat.envelope import open_envelope
from app.wechat.errors import NotFromWeChat, NoticeMalformed, NoticeNotOurs
from app.wechat.signing import (
    PayKeys,
    PushKeys,
    PushProof,
    check_url,
    open_pay_notice,
    push_signature,
    seal_reply,
    unseal_push,
    verify_pay,
)
from tests.wechat.letters import API_V3_KEY, MERCHANT, PayDesk

TOKEN = "AAAAA"
AES_KEY = "A" * 43
APP_ID = "wxba5fad812f8e6fb9"
KEYS = PushKeys(TOKEN, base64.b64decode(AES_KEY + "="), (APP_ID, "wxother"), "safe")
PUSHED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZq"
    "zDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pe"
    "de2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebu"
    "fAlr7F9mFUPAJGj04="
)
PUSH_PROOF = PushProof("", "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", "1714112445", "415670741")
REPLIED = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
MOMENT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_the_published_address_check_passes() -> None:
    proof = PushProof("f464b24fc39322e44b38aa78f5edd27bd1441696", "", "1714036504", "1514711492")
    check_url(KEYS, proof)


@pytest.mark.parametrize("signature", ["", "f464b24fc39322e44b38aa78f5edd27bd1441697", "错"])
def test_an_address_check_with_another_signature_is_refused(signature: str) -> None:
    with pytest.raises(NotFromWeChat):
        check_url(KEYS, PushProof(signature, "", "1714036504", "1514711492"))


def test_the_published_push_is_decrypted() -> None:
    opened = unseal_push(KEYS, PUSH_PROOF, {"ToUserName": "gh_97417a04a28d", "Encrypt": PUSHED})
    assert opened is not None
    body, app_id = opened
    assert app_id == APP_ID
    assert json.loads(body)["Event"] == "debug_demo"
    assert open_envelope(body)["MsgType"] == "event"


def test_the_published_reply_is_decrypted() -> None:
    proof = PushProof("", "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1", "1713424427", "415670741")
    opened = unseal_push(KEYS, proof, {"Encrypt": REPLIED})
    assert opened == (b'{"demo_resp":"good luck"}', APP_ID)


def test_a_sealed_reply_is_read_by_another_implementation() -> None:
    sealed = seal_reply(KEYS, "<xml>欢迎</xml>", APP_ID, "1714112445")
    reader = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    opened = reader.decrypt_message(
        sealed, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"]
    )
    assert opened == "<xml>欢迎</xml>"


def test_two_sealings_of_one_reply_differ() -> None:
    first, second = (seal_reply(KEYS, "x", APP_ID, "1")["Encrypt"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("field", ["message_signature", "timestamp", "nonce"])
def test_a_push_with_any_changed_claim_is_refused(field: str) -> None:
    with pytest.raises(NotFromWeChat):
        unseal_push(KEYS, replace(PUSH_PROOF, **{field: "1"}), {"Encrypt": PUSHED})


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(NotFromWeChat):
        unseal_push(KEYS, PUSH_PROOF, {"Encrypt": "A" + PUSHED[1:]})


def test_a_push_for_another_app_is_not_ours() -> None:
    with pytest.raises(NoticeNotOurs):
        unseal_push(replace(KEYS, app_ids=("wxstranger",)), PUSH_PROOF, {"Encrypt": PUSHED})


def test_a_push_for_the_second_of_our_apps_is_ours() -> None:
    keys = replace(KEYS, app_ids=("wxother", APP_ID))
    opened = unseal_push(keys, PUSH_PROOF, {"Encrypt": PUSHED})
    assert opened is not None
    assert opened[1] == APP_ID


RUBBISH = ["", "!", "AAAA", "A" * 44, base64.b64encode(b"x" * 64).decode()]


@pytest.mark.parametrize("sealed", RUBBISH)
def test_signed_rubbish_is_malformed_and_nothing_worse(sealed: str) -> None:
    proof = PushProof("", push_signature(TOKEN, "1", "2", sealed), "1", "2")
    with pytest.raises((NoticeMalformed, NoticeNotOurs)):
        unseal_push(KEYS, proof, {"Encrypt": sealed})


def test_an_encrypted_part_that_is_not_text_is_malformed() -> None:
    with pytest.raises(NoticeMalformed):
        unseal_push(KEYS, PUSH_PROOF, {"Encrypt": {"#text": PUSHED}})


def _plain_proof() -> PushProof:
    signature = sha1("".join(sorted((TOKEN, "1714036504", "77"))).encode()).hexdigest()
    return PushProof(signature, "", "1714036504", "77")


@pytest.mark.parametrize("mode", ["safe", "compatible"])
def test_a_plain_push_is_refused_where_encryption_is_asked_for(mode: str) -> None:
    with pytest.raises(NotFromWeChat):
        unseal_push(replace(KEYS, mode=mode), _plain_proof(), {"FromUserName": "o1"})


def test_a_plain_push_is_accepted_in_plain_mode_only_with_its_signature() -> None:
    keys = replace(KEYS, mode="plain")
    assert unseal_push(keys, _plain_proof(), {"FromUserName": "o1"}) is None
    with pytest.raises(NotFromWeChat):
        unseal_push(keys, replace(_plain_proof(), nonce="78"), {"FromUserName": "o1"})


def test_safe_mode_refuses_what_is_readable_beside_its_encrypted_part() -> None:
    fields = {"FromUserName": "o1", "Encrypt": PUSHED}
    with pytest.raises(NotFromWeChat):
        unseal_push(KEYS, PUSH_PROOF, fields)
    opened = unseal_push(replace(KEYS, mode="compatible"), PUSH_PROOF, fields)
    assert opened is not None
    assert b"debug_demo" in opened[0]


# WeChat Pay


@pytest.fixture(scope="module")
def desk() -> PayDesk:
    return PayDesk()


@pytest.fixture
def keys(desk: PayDesk) -> PayKeys:
    return desk.keys()


RESOURCE = {"mchid": MERCHANT, "appid": "wxour", "out_trade_no": "1", "备注": "中文"}


def test_a_genuine_payment_notice_is_opened(desk: PayDesk, keys: PayKeys) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT)
    notice = open_pay_notice(keys, headers, body, MOMENT)
    assert (notice.event_type, notice.resource) == ("TRANSACTION.SUCCESS", RESOURCE)
    assert notice.id


@pytest.mark.parametrize("seconds", [300, -300, 301, 86_400])
def test_a_stale_or_early_notice_is_refused(desk: PayDesk, keys: PayKeys, seconds: int) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT)
    with pytest.raises(NotFromWeChat):
        open_pay_notice(keys, headers, body, MOMENT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [299, -299])
def test_a_notice_within_five_minutes_is_fresh(desk: PayDesk, keys: PayKeys, seconds: int) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT)
    assert open_pay_notice(keys, headers, body, MOMENT + timedelta(seconds=seconds)).id


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Wechatpay-Signature", ""),
        ("Wechatpay-Signature", "WECHATPAY/SIGNTEST/abcdef"),
        ("Wechatpay-Signature", "not base64 at all, 不是"),
        ("Wechatpay-Serial", ""),
        ("Wechatpay-Serial", "PUB_KEY_ID_UNKNOWN"),
        ("Wechatpay-Serial", "5157F09EFDC096DE15EBE81A47057A7200000000"),
        ("Wechatpay-Timestamp", ""),
        ("Wechatpay-Timestamp", "-1"),
        ("Wechatpay-Timestamp", "٤٤"),
        ("Wechatpay-Timestamp", "9" * 40),
        ("Wechatpay-Nonce", "another"),
        ("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"),
    ],
)
def test_a_notice_with_a_changed_header_is_refused(
    desk: PayDesk, keys: PayKeys, header: str, value: str
) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT)
    with pytest.raises(NotFromWeChat):
        open_pay_notice(keys, headers | {header: value}, body, MOMENT)


def test_a_probe_is_refused_even_if_its_signature_would_be_right(
    desk: PayDesk, keys: PayKeys
) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT)
    probe = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
    with pytest.raises(NotFromWeChat, match="probe"):
        verify_pay(keys, headers | {"Wechatpay-Signature": probe}, body, MOMENT)


def test_a_notice_is_checked_over_its_raw_bytes(desk: PayDesk, keys: PayKeys) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT)
    rewritten = json.dumps(json.loads(body), indent=1).encode()
    with pytest.raises(NotFromWeChat):
        open_pay_notice(keys, headers, rewritten, MOMENT)


def test_without_headers_nothing_is_genuine(keys: PayKeys) -> None:
    with pytest.raises(NotFromWeChat):
        open_pay_notice(keys, {}, b"{}", MOMENT)


def test_another_key_of_the_list_is_accepted_beside_the_first(desk: PayDesk) -> None:
    other = PayDesk(serial="7132D72A03E93CDDF8C03BBD1F37EEDF00000000")
    both = replace(desk.keys(), verifiers={**desk.keys().verifiers, **other.keys().verifiers})
    for sender in (desk, other):
        headers, body = sender.notice(RESOURCE, MOMENT)
        assert open_pay_notice(both, headers, body, MOMENT).id


def test_a_key_of_the_list_cannot_speak_for_another(desk: PayDesk) -> None:
    other = PayDesk(serial="7132D72A03E93CDDF8C03BBD1F37EEDF00000000")
    both = replace(desk.keys(), verifiers={**desk.keys().verifiers, **other.keys().verifiers})
    headers, body = desk.notice(RESOURCE, MOMENT)
    with pytest.raises(NotFromWeChat):
        open_pay_notice(both, headers | {"Wechatpay-Serial": other.serial}, body, MOMENT)


def test_a_resource_sealed_with_another_key_is_malformed(desk: PayDesk, keys: PayKeys) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT, api_v3_key=API_V3_KEY[::-1])
    with pytest.raises(NoticeMalformed):
        open_pay_notice(keys, headers, body, MOMENT)


@pytest.mark.parametrize(
    "change",
    [
        {"resource": None},
        {"resource": []},
        {"resource": {"algorithm": "AES_128_ECB"}},
        {"resource": {"algorithm": "AEAD_AES_256_GCM", "nonce": 1, "ciphertext": "x"}},
        {"resource": {"algorithm": "AEAD_AES_256_GCM", "nonce": "", "ciphertext": "错"}},
        {"id": None},
        {"id": ""},
        {"event_type": 5},
    ],
)
def test_a_signed_envelope_of_another_form_is_malformed(
    desk: PayDesk, keys: PayKeys, change: dict[str, object]
) -> None:
    headers, body = desk.notice(RESOURCE, MOMENT, envelope=change)
    with pytest.raises(NoticeMalformed):
        open_pay_notice(keys, headers, body, MOMENT)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 20_000])
def test_signed_bodies_that_are_no_json_object_are_refused(
    desk: PayDesk, keys: PayKeys, body: bytes
) -> None:
    with pytest.raises((NoticeMalformed, NotFromWeChat)):
        open_pay_notice(keys, desk.headers(body, MOMENT), body, MOMENT)


@pytest.mark.parametrize(
    "resource",
    [
        {"mchid": "1900000009", "appid": "wxour"},
        {"mch_id": "1900000009"},
        {"mchid": MERCHANT, "mch_id": "1900000009"},
        {"mchid": MERCHANT, "appid": "wxforeign"},
        {"out_trade_no": "1"},
    ],
)
def test_a_notice_for_another_merchant_or_app_is_not_ours(
    desk: PayDesk, keys: PayKeys, resource: dict[str, str]
) -> None:
    headers, body = desk.notice(resource, MOMENT)
    with pytest.raises(NoticeNotOurs):
        open_pay_notice(keys, headers, body, MOMENT)
