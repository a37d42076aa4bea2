"""Letters nobody foresaw: whatever comes in, it is read or refused, never a fault."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from app.core.errors import AppError
from app.wechat import envelope
from app.wechat.envelope import open_envelope, read_message
from app.wechat.pay_results import order_status, refund_status, transfer_status
from app.wechat.signing import (
    PushKeys,
    PushProof,
    open_pay_notice,
    push_signature,
    unseal_push,
)
from tests.wechat.letters import MERCHANT, PayDesk, xml

KEYS = PushKeys("token", b"k" * 32, ("wx1", "wx2"), "safe")
MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Encrypt"]
NAMES += ["MsgId", "MsgID", "Content", "out_trade_no", "trade_state", "amount", "payer", "total"]
NAMES += ["out_bill_no", "state", "out_refund_no", "status", "success_time", "mchid", "appid"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("event"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)
objects = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), values, max_size=10)
many = trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _read(body: bytes) -> None:
    with contextlib.suppress(AppError):
        message = read_message(open_envelope(body), "wx1")
        assert len(message.key()) == 32
        json.dumps(dict(message.fields), ensure_ascii=False).encode()


@many
@given(st.binary(max_size=400))
def test_any_bytes(body: bytes) -> None:
    _read(body)


@many
@given(st.text(max_size=400))
def test_any_text_in_xml_clothes(text: str) -> None:
    _read(f"<xml>{text}</xml>".encode("utf-8", "replace"))


PIECES = ["<a>", "</a>", "<b>", "</b>", "<![CDATA[", "]]>", "]", "]]", ">", "<", "&", "&amp;"]
PIECES += ["<a/>", " ", "\n", "\r\n", "\t", "\x0b", "\x1f", "\x85", "\ufeff", "\uffff", "é", "x"]
PIECES += ["<!--", "-->", "<a><![CDATA[x]]></a>", "<b>1</b>", "<a x='1'>", "<é>1</é>", "<?x ?>"]
pieces = st.sampled_from([*PIECES, "<a b>", "<a >"])


@trials(max_examples=600, deadline=None)
@given(st.lists(pieces, max_size=12).map("".join) | st.text(max_size=30))
def test_flat_xml_is_read_at_once_exactly_as_the_parser_reads_it(inner: str) -> None:
    text = f"<xml>{inner}</xml>"
    quick = envelope._open_flat(text)
    if quick is not None:
        assert quick == envelope._open_xml(text)
        assert list(quick) == list(envelope._open_xml(text))


@many
@given(st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(codec="utf-8"), max_size=20)))
def test_what_wechat_usually_writes_is_read_at_once(fields: dict[str, str]) -> None:
    clean = {name: re.sub(r"[\x00-\x1f\ufffe\uffff]|\]\]>", "", v) for name, v in fields.items()}
    assert envelope._open_flat(xml(clean)) == (
        {name: value.strip() or None for name, value in clean.items()} or None
    )


@many
@given(objects)
def test_any_json_object(fields: dict[str, Any]) -> None:
    _read(json.dumps(fields).encode())


@many
@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=20)), st.data())
def test_a_message_with_a_piece_cut_out_or_repeated(fields: dict[str, str], data) -> None:
    body = xml(fields)
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    _read((body[:start] + body[end:]).encode("utf-8", "replace"))
    _read((body[:end] + body[start:]).encode("utf-8", "replace"))


@many
@given(
    st.text(max_size=80) | st.binary(max_size=160).map(lambda raw: base64.b64encode(raw).decode())
)
def test_any_sealed_part_with_the_right_signature(sealed: str) -> None:
    sealed = sealed.encode("utf-8", "replace").decode()
    proof = PushProof("", push_signature("token", "1", "2", sealed), "1", "2")
    with contextlib.suppress(AppError):
        unseal_push(KEYS, proof, {"Encrypt": sealed})


@many
@given(objects, objects)
def test_any_envelope_and_resource_that_wechat_pay_signed(
    envelope: dict[str, Any], resource: dict[str, Any]
) -> None:
    desk = PayDesk()
    headers, body = desk.notice(resource | {"mchid": MERCHANT}, MOMENT, envelope=envelope)
    with contextlib.suppress(AppError):
        notice = open_pay_notice(desk.keys(), headers, body, MOMENT)
        for reader in (order_status, refund_status, transfer_status):
            with contextlib.suppress(AppError):
                reader(notice.resource)


@many
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "Wechatpay-Signature",
                "Wechatpay-Serial",
                "Wechatpay-Timestamp",
                "Wechatpay-Nonce",
                "Wechatpay-Signature-Type",
            ]
        ),
        st.text(),
    ),
    st.binary(max_size=100),
)
def test_any_headers(headers: dict[str, str], body: bytes) -> None:
    desk = PayDesk()
    genuine = desk.headers(body, MOMENT)
    for mixed in (headers, genuine | headers):
        with contextlib.suppress(AppError):
            open_pay_notice(desk.keys(), mixed, body, MOMENT)
